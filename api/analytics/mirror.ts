import { availableParallelism } from "node:os";
import { join } from "node:path";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import type pg from "pg";
import { copyInPieces } from "./copy-in-pieces.js";
import { csvRelation, mirrorTables, type MirrorTable } from "./mirror-tables.js";

/** Rows that are on their way at once, in bytes of CSV: DuckDB keeps what it reads of a file, up to its bound of memory, and the system does not get all of it back. */
const pieceBytes = 4 * 2 ** 20;

/** Where the mirror stands. */
interface Position {
  height: number;
  hash: string;
  finalized: number;
  /** The last number of the feed that is in it. */
  seq: bigint;
  version: number;
}

/** Changes of the mirror after which it is written to its file and what was deleted is let go. */
const tidyAfter = 200;

/** `now`: final and still true; `past`: final and over; `hot`: touched by hot blocks; `ended`: keys of the step's rows that leave `now`. */
function createTable({ name, columns, key }: MirrorTable, part: "now" | "past" | "hot" | "ended"): string {
  const kept = part === "ended" ? columns.filter((column) => column.name === key) : columns;
  return `create or replace table ${name}_${part} (${kept.map((column) => `${column.name} ${column.type}`).join(", ")}, from_block integer${part === "ended" ? "" : ", to_block integer"})`;
}

const columnsOf = ({ columns }: MirrorTable): string => columns.map(({ name }) => name).join(", ");

/**
 * A columnar copy of the chain's tables. Of each table there are three: what is final and still true, what is final and past, and what hot blocks
 * touched. The last is read anew with each change and so forgets what a re-org took back; the first two only grow, but for rows that hot blocks
 * borrow. A step is one transaction: a statement sees the state of exactly one block.
 */
export class Mirror {
  private changes = 0;
  private position: Position = { height: -1, hash: "", finalized: -1, seq: -1n, version: 0 };

  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly writer: DuckDBConnection,
    private readonly source: pg.Client,
    private readonly folder: string,
  ) {}

  /** @param folder - of its own. @param source - a connection that nobody else uses. */
  static async open(folder: string, memoryMb: number, source: pg.Client): Promise<Mirror> {
    const instance = await DuckDBInstance.create(join(folder, "mirror.duckdb"), { memory_limit: `${memoryMb}MB`, threads: String(Math.min(4, availableParallelism())), temp_directory: folder });
    const writer = await instance.connect();
    await writer.run("create table chain_status (height integer, version bigint)");
    await writer.run("insert into chain_status values (-1, 0)");
    for (const table of mirrorTables) {
      for (const part of ["now", "past", "hot", "ended"] as const) await writer.run(createTable(table, part));
    }
    return new Mirror(instance, writer, source, folder);
  }

  get height(): number {
    return this.position.height;
  }
  get hash(): string {
    return this.position.hash;
  }
  get version(): number {
    return this.position.version;
  }

  connect(): Promise<DuckDBConnection> {
    return this.instance.connect();
  }

  close(): void {
    this.writer.closeSync();
    this.instance.closeSync();
  }

  /**
   * Goes to the database's newest state.
   * @returns false if what was final is not any more (the chain was rewound or indexed anew): load again, into an empty mirror.
   */
  async step(): Promise<boolean> {
    // One snapshot: the status, the feed and the rows are of one state.
    await this.source.query("begin isolation level repeatable read read only");
    try {
      const next = await this.readPosition();
      if (!next) return true;
      const { position } = this;
      if (position.finalized >= 0 && (next.finalized < position.finalized || (await this.revertsBelow(position, next)))) return false;
      const isSame = next.seq === position.seq && next.finalized === position.finalized;
      const write = async (): Promise<void> => {
        if (!isSame) for (const table of mirrorTables) await this.copy(table, position.finalized, next.finalized);
        const version = position.version + (next.seq === position.seq ? 0 : 1);
        await this.writer.run(`update chain_status set height = ${next.height}, version = ${version}`);
        this.position = { ...next, version };
      };
      // Nobody asks before the first load is done, and it may be larger than a transaction's memory.
      await (position.finalized < 0 ? write() : this.transact(write));
      if (position.finalized < 0 || (!isSame && (this.changes += 1) % tidyAfter === 0)) await this.tidy();
      return true;
    } finally {
      await this.source.query("rollback");
    }
  }

  private async tidy(): Promise<void> {
    await this.writer.run("checkpoint").catch(() => undefined); // questions may be under way: the next time will do
  }

  private async readPosition(): Promise<Omit<Position, "version"> | null> {
    const { rows } = await this.source.query<{ height: number; hash: string; finalized: number; seq: string }>(
      "select height, hash, finalized_height as finalized, (select last_seq from feed_counter) as seq from chain_status where id = 1",
    );
    const [row] = rows;
    return row ? { height: row.height, hash: row.hash, finalized: row.finalized, seq: BigInt(row.seq) } : null;
  }

  private async revertsBelow(position: Position, next: Omit<Position, "version">): Promise<boolean> {
    if (next.seq === position.seq) return false;
    const { rows } = await this.source.query("select from market_event where seq > $1 and op = 'REVERT' and block_number <= $2 limit 1", [position.seq, position.finalized]);
    return rows.length > 0;
  }

  private async transact(write: () => Promise<void>): Promise<void> {
    const before = this.position;
    await this.writer.run("begin");
    try {
      await write();
      await this.writer.run("commit");
    } catch (error) {
      this.position = before;
      await this.writer.run("rollback").catch(() => undefined); // the first error is the one to tell
      throw error;
    }
  }

  /** Brings one table from what was final before to what is final now, and its hot rows to what they are. */
  private async copy(table: MirrorTable, before: number, finalized: number): Promise<void> {
    const { name, key } = table;
    // What hot blocks borrowed comes back; what still is hot is borrowed again below.
    await this.writer.run(`insert into ${name}_now select ${columnsOf(table)}, from_block, null from ${name}_hot where from_block <= ${before}`);
    // Made anew rather than emptied: deleted rows would keep their memory.
    for (const part of ["hot", "ended"] as const) await this.writer.run(createTable(table, part));
    await this.fill(table, before, finalized);
    await this.writer.run(`delete from ${name}_now using ${name}_ended ended where ${name}_now.${key} = ended.${key} and ${name}_now.from_block = ended.from_block`);
  }

  /**
   * Adds each row that began or ended after a block (at first: each) where it belongs, and notes those that are true no more. Rows come through files,
   * which DuckDB reads itself: as values of JavaScript, a million would take several times as long, and leave its heap full of garbage.
   */
  private async fill(table: MirrorTable, before: number, finalized: number): Promise<void> {
    const { name, columns, from, to, key } = table;
    const path = join(this.folder, "rows.csv");
    const changed = before < 0 ? "true" : `${from} > ${before} or ${to} > ${before}`;
    const isOver = `to_block is not null and to_block <= ${finalized}`;
    const isLasting = `to_block is null and from_block <= ${finalized}`;
    await copyInPieces(this.source, `select ${columns.flatMap(({ field }) => (field ? [field.select] : [])).join(", ")}, ${from}, ${to} from ${name} where ${changed}`, { path, size: pieceBytes }, async () => {
      await this.writer.run(`create or replace temp table piece as select ${columns.map((column) => `${column.value} as ${column.name}`).join(", ")}, from_block, to_block from ${csvRelation(table, path)}`);
      for (const [part, belongs] of [["now", isLasting], ["past", isOver], ["hot", `not (${isLasting}) and not (${isOver})`]] as const) {
        await this.writer.run(`insert into ${name}_${part} select * from piece where ${belongs}`);
      }
      if (before >= 0) await this.writer.run(`insert into ${name}_ended select ${key}, from_block from piece where from_block <= ${before}`);
      await this.writer.run("drop table piece");
    });
  }
}
