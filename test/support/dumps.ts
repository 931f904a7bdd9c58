import type { Redis } from "ioredis";
import type { DataSource } from "typeorm";
import type { ObjectStore } from "../../platform/objects/object-store.js";

/** A secret in each form in which it could be written down. */
export const forms = (name: string, bytes: Uint8Array): { name: string; needle: Buffer }[] => {
  const raw = Buffer.from(bytes);
  return [raw, Buffer.from(raw.toString("hex")), Buffer.from(raw.toString("base64").replace(/=+$/, "")), Buffer.from(raw.toString("base64url"))].map((needle) => ({ name, needle }));
};

/** Every row of every table, as text. */
export async function dumpPostgres(database: DataSource): Promise<Buffer> {
  const tables = (await database.query("select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'app')")) as { name: string }[];
  const rows = await Promise.all(tables.map(async ({ name }) => ((await database.query(`select t::text as row from ${name} t`)) as { row: string }[]).map(({ row }) => row)));
  return Buffer.from(rows.flat().join("\n"));
}

export async function dumpRedis(redis: Redis): Promise<Buffer> {
  const keys = await redis.keys("*");
  const values = await Promise.all(keys.map((key) => redis.dumpBuffer(key)));
  return Buffer.concat([Buffer.from(keys.join("\n")), ...values.filter((value) => value !== null)]);
}

export async function dumpObjects(objects: Pick<ObjectStore, "list" | "get">): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for (const prefix of ["records/", "metadata/", "staging/"]) {
    for (const { key } of await objects.list(prefix)) {
      parts.push(Buffer.from(key));
      for await (const part of (await objects.get(key)).body) parts.push(part);
    }
  }
  return Buffer.concat(parts);
}
