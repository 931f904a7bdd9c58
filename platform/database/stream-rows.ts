import type { DataSource } from "typeorm";

/** All rows of a statement in one snapshot, batch by batch: whoever reads slowly holds the reading back. A connection is held until the end. */
export async function* streamRows<Row extends object>(database: DataSource, { text, values, batch }: { text: string; values: readonly unknown[]; batch: number }): AsyncGenerator<Row[]> {
  const runner = database.createQueryRunner();
  await runner.connect();
  try {
    await runner.startTransaction("REPEATABLE READ");
    await runner.query(`declare streamed no scroll cursor for ${text}`, [...values]);
    for (;;) {
      const rows = (await runner.query(`fetch ${batch} from streamed`)) as Row[];
      if (rows.length > 0) yield rows;
      if (rows.length < batch) break;
    }
  } finally {
    await runner.rollbackTransaction().catch(() => undefined); // nothing was written
    await runner.release();
  }
}
