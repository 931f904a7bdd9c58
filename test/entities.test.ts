import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { DataSource } from "typeorm";
import { connectDatabase } from "../platform/database/connect.js";
import { migrate } from "../platform/database/migrate.js";
import { withPostgres } from "./support/with-postgres.js";

let postgres: Awaited<ReturnType<typeof withPostgres>>;
let database: DataSource;

before(async () => {
  postgres = await withPostgres();
  database = await connectDatabase({ url: postgres.url, service: "test" });
  await migrate(database);
});
after(async () => {
  await database.destroy();
  await postgres.stop();
});

interface Column {
  table: string;
  column: string;
  type: string;
  nullable: boolean;
  primary: boolean;
}

/** Every column that the migrations made, as Postgres describes it. */
async function migratedColumns(): Promise<Column[]> {
  return (await database.query(`
    select case when c.table_schema = 'public' then '' else c.table_schema || '.' end || c.table_name as table, c.column_name as column,
      case c.udt_name when 'int4' then 'integer' when 'int2' then 'smallint' when 'int8' then 'bigint' when 'bool' then 'boolean' else c.udt_name end as type,
      c.is_nullable = 'YES' as nullable,
      exists (select from information_schema.table_constraints t join information_schema.key_column_usage k using (constraint_schema, constraint_name)
        where t.constraint_type = 'PRIMARY KEY' and t.table_schema = c.table_schema and t.table_name = c.table_name and k.column_name = c.column_name) as primary
    from information_schema.columns c join information_schema.tables b using (table_schema, table_name)
    where c.table_schema in ('public', 'app') and b.table_type = 'BASE TABLE' and c.table_name <> 'schema_migration'`)) as Column[];
}

/** Every column that the entities declare. */
function declaredColumns(): Column[] {
  return database.entityMetadatas.flatMap((entity) =>
    entity.columns.map((column) => ({
      table: (entity.schema === undefined ? "" : `${entity.schema}.`) + entity.tableName,
      column: column.databaseName,
      type: `${column.isArray ? "_" : ""}${String(column.type)}`,
      nullable: column.isNullable,
      primary: column.isPrimary,
    })),
  );
}

const sorted = (columns: Column[]): string[] => columns.map(({ table, column, type, nullable, primary }) => `${table}.${column} ${type}${nullable ? "" : " not null"}${primary ? " primary" : ""}`).sort();

test("migrations and entities agree: every table and column, its type, nullability and key", async () => {
  assert.deepEqual(sorted(declaredColumns()), sorted(await migratedColumns()));
});

test("no foreign key leads from the platform's tables to the chain's", async () => {
  const rows = (await database.query(`
    select con.conname from pg_constraint con join pg_class a on a.oid = con.conrelid join pg_class b on b.oid = con.confrelid
    where con.contype = 'f' and a.relnamespace = 'app'::regnamespace and b.relnamespace = 'public'::regnamespace`)) as unknown[];
  assert.deepEqual(rows, []);
});

test("activity numbers itself without gaps, in the order of the commits", async () => {
  await Promise.all(
    Array.from({ length: 40 }, (_unused, index) =>
      database.transaction(async (manager) => {
        await manager.query("insert into app.activity (kind, payload) values ('TEST', $1)", [{ index }]);
        if (index % 4 === 0) throw new Error("rolled back on purpose");
      }).catch((error: Error) => assert.match(error.message, /on purpose/)),
    ),
  );
  const rows = (await database.query("select seq from app.activity order by seq")) as { seq: string }[];
  assert.deepEqual(rows.map(({ seq }) => Number(seq)), Array.from({ length: 30 }, (_unused, index) => index + 1));
});
