import { createReadStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { DuckDBDecimalValue, DuckDBInstance, DuckDBTimestampTZValue, type DuckDBAppender } from "@duckdb/node-api";
import { makeTemporaryFolder } from "../temporary-folder.js";
import type { Cell } from "./csv.js";
import { checkBytes } from "./bound-bytes.js";
import { decimalDigits, type ExportColumn } from "./columns.js";

/** DuckDB's memory for one file, in MB. */
const memoryMb = 96;

/** Writes a Parquet file beside the answer, then gives it out: its footer is known only at the end. The file is gone when the reader is. @throws AppError LIMIT_EXCEEDED before the first byte */
export async function* toParquet(columns: readonly ExportColumn[], batches: AsyncIterable<readonly Cell[][]>, maxBytes: number): AsyncGenerator<Uint8Array> {
  const folder = makeTemporaryFolder("export");
  try {
    const file = join(folder, "rows.parquet");
    const instance = await DuckDBInstance.create(join(folder, "rows.duckdb"), { memory_limit: `${memoryMb}MB`, threads: "1", temp_directory: folder });
    const connection = await instance.connect();
    try {
      await connection.run(`create table answer (${columns.map(({ name, type }) => `"${name}" ${type === "DECIMAL" ? `DECIMAL(${decimalDigits}, 0)` : type}`).join(", ")})`);
      const appender = await connection.createAppender("answer");
      for await (const rows of batches) {
        for (const row of rows) appendRow(appender, columns, row);
        appender.flushSync();
      }
      appender.closeSync();
      await connection.run(`copy answer to '${file}' (format parquet, compression zstd)`);
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
    checkBytes((await stat(file)).size, maxBytes);
    yield* createReadStream(file) as AsyncIterable<Uint8Array>;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function appendRow(appender: DuckDBAppender, columns: readonly ExportColumn[], row: readonly Cell[]): void {
  columns.forEach(({ type }, index) => {
    const cell = row[index] ?? null;
    if (cell === null) appender.appendNull();
    else if (type === "INTEGER") appender.appendInteger(Number(cell));
    else if (type === "UBIGINT") appender.appendUBigInt(BigInt(cell));
    else if (type === "DECIMAL") appender.appendDecimal(new DuckDBDecimalValue(BigInt(cell), decimalDigits, 0));
    else if (type === "BOOLEAN") appender.appendBoolean(cell === true);
    else if (type === "TIMESTAMPTZ") appender.appendTimestampTZ(new DuckDBTimestampTZValue(BigInt(Date.parse(String(cell))) * 1000n));
    else appender.appendVarchar(String(cell));
  });
  appender.endRow();
}
