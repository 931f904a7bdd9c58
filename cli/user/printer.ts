import Table from "cli-table3";

/** Prints for people, or one JSON value a line for programs (`--json`). */
export interface Printer {
  readonly json: boolean;
  /** The result: `value` as JSON, or `lines` for people. */
  result(value: unknown, lines: string | string[]): void;
  table(value: unknown, head: string[], rows: (string | number)[][]): void;
  /** A remark on the way, for people alone. */
  note(line: string): void;
}

export function createPrinter(json: boolean): Printer {
  const print = (value: unknown): void => {
    process.stdout.write(`${JSON.stringify(value, (_key, each: unknown) => (typeof each === "bigint" ? each.toString() : each))}\n`);
  };
  return {
    json,
    result(value, lines) {
      if (json) print(value);
      else process.stdout.write(`${[lines].flat().join("\n")}\n`);
    },
    table(value, head, rows) {
      if (json) return print(value);
      const table = new Table({ head, style: { head: [], border: [] } });
      table.push(...rows.map((row) => row.map(String)));
      process.stdout.write(`${table.toString()}\n`);
    },
    note(line) {
      if (!json) process.stderr.write(`${line}\n`);
    },
  };
}
