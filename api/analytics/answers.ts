import { LIST, VARCHAR, listValue, type DuckDBConnection, type DuckDBValue } from "@duckdb/node-api";
import pg from "pg";
import { Calendars } from "./calendars.js";
import type { WorkerQuestion } from "./messages.js";
import type { Mirror } from "./mirror.js";

/** Statements at once; DuckDB spreads each over the cores. */
const connections = 2;
/** No answer may take longer than this, in ms. */
const timeoutMs = 15_000;

/** Answers questions over a mirror, each in a statement, so of one block. */
export class Answers {
  private readonly free: DuckDBConnection[];
  private readonly waiting: ((connection: DuckDBConnection) => void)[] = [];
  private readonly all: readonly DuckDBConnection[];

  private constructor(
    open: DuckDBConnection[],
    private readonly calendars: Calendars,
  ) {
    this.all = [...open];
    this.free = open;
  }

  static async over(mirror: Mirror, databaseUrl: string): Promise<Answers> {
    const open = await Promise.all(Array.from({ length: connections }, () => mirror.connect()));
    const pool = new pg.Pool({ connectionString: databaseUrl, application_name: "galen-analytics", max: 1, statement_timeout: timeoutMs });
    pool.on("error", () => undefined); // the next statement says so
    return new Answers(open, new Calendars(await mirror.connect(), pool));
  }

  /** @throws Error as DuckDB and Postgres tell it */
  async ask({ text, values, zones }: WorkerQuestion): Promise<Record<string, unknown>[]> {
    for (const zone of zones) await this.calendars.ensure(zone);
    const connection = this.free.pop() ?? (await new Promise<DuckDBConnection>((resolve) => this.waiting.push(resolve)));
    const timer = setTimeout(() => connection.interrupt(), timeoutMs);
    try {
      const bound = values.map(toValue);
      const reader = await connection.runAndReadAll(text, bound.map(({ value }) => value), bound.map(({ type }) => type) as never);
      return reader.getRowObjectsJS();
    } finally {
      clearTimeout(timer);
      const next = this.waiting.shift();
      if (next) next(connection);
      else this.free.push(connection);
    }
  }

  async close(): Promise<void> {
    await this.calendars.close();
    for (const connection of this.all) connection.closeSync();
  }
}

/** The statement casts each: lists go as lists of text, which may be empty. */
function toValue(value: unknown): { value: DuckDBValue; type: unknown } {
  if (Array.isArray(value)) return { value: listValue(value.map(String)), type: LIST(VARCHAR) };
  if (value instanceof Date) return { value: value.toISOString(), type: VARCHAR };
  if (value === null || value === undefined) return { value: null, type: VARCHAR };
  return { value: typeof value === "bigint" ? value.toString() : (value as DuckDBValue), type: typeof value === "bigint" ? VARCHAR : undefined };
}
