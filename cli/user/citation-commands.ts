import { writeFileSync } from "node:fs";
import { InvalidArgumentError, type Command } from "commander";
import { operations, verifyReplay } from "../../client/index.js";
import { AppError } from "../../schema/errors.js";
import { jsonObject, positiveInteger } from "./arguments.js";
import { userContext } from "./context.js";
import { readText } from "./read-text.js";

/** The id itself, or the end of its address. */
function citationId(text: string): string {
  const id = text.replace(/^.*\/citations\//, "");
  if (!/^[0-9a-f]{32}$/.test(id)) throw new InvalidArgumentError("a citation's id has 32 hexadecimal digits");
  return id;
}

/** `galen cite …`: make an answer citable, and ask again what was cited. */
export function addCitationCommands(program: Command): void {
  const cite = program.command("cite").description("make a query's answer citable, and replay what was cited");

  cite
    .command("query")
    .description("cite the answer of a query (of listings, orders, audits or their aggregates) as of a final block")
    .argument("<file>", "the query; - for standard input")
    .option("--variables <json>", "its variables", jsonObject)
    .option("--block <n>", "as of this block; the newest final one otherwise", positiveInteger)
    .action(async (file: string, options: { variables?: object; block?: number }, command: Command) => {
      const context = userContext(command);
      const client = await context.signedIn();
      const { cite: cited } = await client.request(operations.cite, { input: { query: readText(file), ...options } });
      context.print.result(cited, [cited.text, "", cited.bibtex]);
    });

  cite
    .command("show")
    .description("a citation")
    .argument("<id>", "its id or address", citationId)
    .action(async (id: string, _options: object, command: Command) => {
      const context = userContext(command);
      const { citation } = await context.client.request(operations.citation, { id });
      if (!citation) throw new AppError("NOT_FOUND", "No such citation.");
      context.print.result(citation, [citation.text, "", citation.query, `variables ${citation.variables}`]);
    });

  cite
    .command("replay")
    .description("ask what was cited again, of the same block, and check the bytes against the hashes here; fails if they differ")
    .argument("<id>", "its id or address", citationId)
    .option("--query-hash <sha256>", "the query's hash as it was printed with the citation")
    .option("--result-hash <sha256>", "the result's hash as it was printed with the citation")
    .option("--output <file>", "write the answer's bytes here")
    .action(async (id: string, options: { queryHash?: string; resultHash?: string; output?: string }, command: Command) => {
      const context = userContext(command);
      const { citation } = await context.client.request(operations.replayCitation, { id });
      if (!citation) throw new AppError("NOT_FOUND", "No such citation.");
      const { output, ...printed } = options;
      const { same, bytes } = verifyReplay(citation, printed);
      const { replay } = citation;
      if (output !== undefined && replay.result !== null) writeFileSync(output, replay.result);
      context.print.result({ id, same, bytes, resultHash: replay.resultHash, citedHash: citation.resultHash, reasons: replay.reasons, block: citation.block }, [
        same ? `the same ${bytes} bytes as cited, SHA-256 ${citation.resultHash}` : "not what was cited:",
        ...replay.reasons.map(({ difference, message, paths }) => `  ${difference}: ${message}${paths.length > 0 ? ` At ${paths.join(", ")}` : ""}`),
      ]);
      if (!same) process.exitCode = 1;
    });
}
