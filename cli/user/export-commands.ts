import { InvalidArgumentError, type Command } from "commander";
import { exportGroups, exportRows, openExport, type ExportedRows, type GalenClient, type operations } from "../../client/index.js";
import { AppError } from "../../schema/errors.js";
import { blockNumber, jsonObject } from "./arguments.js";
import { userContext, type UserContext } from "./context.js";
import { keepFile, requireFree } from "./keep-file.js";
import { readText } from "./read-text.js";

interface OutputOptions {
  format?: operations.ExportFormat;
  output: string;
  force?: boolean;
}

const extensions: Readonly<Record<string, operations.ExportFormat>> = { csv: "CSV", parquet: "PARQUET", arrow: "ARROW", arrows: "ARROW" };
const rows: readonly { name: ExportedRows; what: string; filter: string }[] = [
  { name: "listings", what: "listings", filter: "ListingFilter" },
  { name: "orders", what: "orders", filter: "OrderFilter" },
  { name: "audits", what: "auditors' votes", filter: "VoteFilter" },
];

/** `galen export …`: whole lists, or an aggregate's groups, as a file. */
export function addExportCommands(program: Command): void {
  const root = program.command("export").description("whole lists, or the groups of an aggregate, as CSV, Parquet or Arrow: all of one block");

  for (const { name, what, filter } of rows) {
    withOutput(root.command(name).description(`all ${what} of a filter, as of one block`))
      .option("--where <json>", `which: a ${filter} of the API, e.g. '{"price":{"lt":"5000000"}}'`, jsonObject)
      .option("--block <n>", "as of this block; of now otherwise", blockNumber)
      .option("--time <iso>", "as of the last block up to this time")
      .action(async ({ where, block, time, ...options }: OutputOptions & { where?: object; block?: number; time?: string }, command: Command) => {
        if (block !== undefined && time !== undefined) throw new AppError("BAD_INPUT", "--block or --time, not both.");
        const at = block !== undefined ? { block } : time !== undefined ? { time } : undefined;
        await keep(userContext(command), options, (client, format) => exportRows(client, name, { format, ...(where ? { where } : {}), ...(at ? { at } : {}) }));
      });
  }

  withOutput(root.command("groups").description("the groups of an aggregate's answer, as of the block that it names"))
    .argument("<file>", "the query, of listingAggregates, orderAggregates or auditAggregates; - for standard input")
    .option("--variables <json>", "its variables", jsonObject)
    .action(async (file: string, { variables, ...options }: OutputOptions & { variables?: object }, command: Command) => {
      const query = readText(file);
      await keep(userContext(command), options, (client, format) => exportGroups(client, { query, format, ...(variables ? { variables } : {}) }));
    });
}

function exportFormat(text: string): operations.ExportFormat {
  const found = Object.values(extensions).find((each) => each === text.toUpperCase());
  if (!found) throw new InvalidArgumentError("CSV, PARQUET or ARROW.");
  return found;
}

const withOutput = (command: Command): Command =>
  command
    .option("--format <format>", "CSV, PARQUET or ARROW; what the file's name ends with otherwise, or CSV", exportFormat)
    .option("--output <file>", "where it goes; - for standard output", "-")
    .option("--force", "replace a file that exists");

async function keep(context: UserContext, { format, output, force = false }: OutputOptions, prepare: (client: GalenClient, format: operations.ExportFormat) => Promise<operations.ExportLink>): Promise<void> {
  const path = output === "-" ? null : output;
  if (path !== null) requireFree(path, force);
  const chosen = format ?? extensions[/\.([a-z]+)$/i.exec(output)?.[1]?.toLowerCase() ?? "csv"];
  if (chosen === undefined) throw new AppError("BAD_INPUT", `Nothing is known that ends as ${output}: name the --format.`, { details: { field: "format" } });
  const link = await prepare(await context.signedIn(), chosen);
  const kept = await keepFile(openExport(link), path, { force });
  const told = { ...(path === null ? {} : { file: path }), format: chosen, block: link.block, rows: link.rows, ...kept };
  const line = `${link.rows} rows as of block ${link.block}, ${kept.bytes} bytes, SHA-256 ${kept.sha256}`;
  // Standard output holds the rows alone.
  if (path === null) process.stderr.write(`${context.print.json ? JSON.stringify(told) : line}\n`);
  else context.print.result(told, `${path}: ${line}`);
}
