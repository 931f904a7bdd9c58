import { Bool, Decimal, Field, Int32, RecordBatchStreamWriter, Schema, Table, TimestampMillisecond, Uint64, Utf8, vectorFromArray, type DataType, type RecordBatch } from "apache-arrow";
import { decimalDigits, type ExportColumn } from "./columns.js";
import type { Cell } from "./csv.js";

const types: Record<ExportColumn["type"], () => DataType> = {
  VARCHAR: () => new Utf8(),
  INTEGER: () => new Int32(),
  UBIGINT: () => new Uint64(),
  DECIMAL: () => new Decimal(0, decimalDigits),
  BOOLEAN: () => new Bool(),
  TIMESTAMPTZ: () => new TimestampMillisecond("UTC"),
};

function toArrowValue(cell: Cell, type: ExportColumn["type"]): unknown {
  if (cell === null) return null;
  if (type === "UBIGINT") return BigInt(cell);
  if (type === "DECIMAL") return new Uint32Array(new BigUint64Array([BigInt.asUintN(64, BigInt(cell)), BigInt.asUintN(64, BigInt(cell) >> 64n)]).buffer);
  return type === "TIMESTAMPTZ" ? Date.parse(String(cell)) : cell;
}

/** Arrow's IPC stream, a record batch a batch of rows: a slow reader holds the reading back. */
export async function* toArrow(columns: readonly ExportColumn[], batches: AsyncIterable<readonly Cell[][]>): AsyncGenerator<Uint8Array> {
  const schema = new Schema(columns.map(({ name, type }) => new Field(name, types[type](), true)));
  async function* recordBatches(): AsyncGenerator<RecordBatch> {
    for await (const rows of batches) {
      const vectors = Object.fromEntries(columns.map(({ name, type }, index) => [name, vectorFromArray(rows.map((row) => toArrowValue(row[index] ?? null, type)), types[type]())]));
      yield* new Table(schema, vectors).batches;
    }
  }
  const writer = new RecordBatchStreamWriter();
  writer.reset(undefined, schema);
  const written = writer.writeAll(recordBatches());
  yield* writer as AsyncIterable<Uint8Array>;
  await written;
}
