import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { erase } from "../../client/index.js";
import { AppError } from "../../schema/errors.js";
import { minedFields, minedLine } from "./mined.js";
import { userContext } from "./context.js";

/** `galen provider erase`: beside the other commands of a provider. */
export function addErasureCommand(program: Command): void {
  program.commands
    .find((command) => command.name() === "provider")
    ?.command("erase")
    .description("have a listed record erased for good: its key is destroyed, its bytes deleted, its listing taken off the market")
    .argument("<upload>", "its id")
    .requiredOption("--certificate <file>", "where the platform's signed certificate goes")
    .option("--yes", "yes, for good")
    .action(async (uploadId: string, options: { certificate: string; yes?: true }, command: Command) => {
      if (!options.yes) throw new AppError("BAD_INPUT", "Nobody can bring an erased record back: add --yes if that is what you want.");
      const context = userContext(command);
      const client = await context.signedIn();
      const { contracts, wallet } = await context.chain();
      const { listingId, certificate, delisted } = await erase(client, contracts, wallet, uploadId);
      writeFileSync(options.certificate, `${JSON.stringify(certificate)}\n`);
      context.print.result({ listingId, certificate: options.certificate, delisted: delisted !== null, ...(delisted ? minedFields(delisted) : {}) }, [
        `erased; the certificate is ${options.certificate}`,
        delisted ? `delisted ${listingId} in ${minedLine(delisted)}` : `${listingId} was off the market before, or its payee has to delist it`,
      ]);
    });
}
