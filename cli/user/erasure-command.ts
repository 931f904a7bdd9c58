import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { destroyShares, erase, operations } from "../../client/index.js";
import { nodeBackend } from "../../crypto/backend/node.js";
import { AppError } from "../../schema/errors.js";
import { minedFields, minedLine } from "./mined.js";
import { readShares } from "./kept-shares.js";
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
      // The custodians first: while the listing stands, the erasure can be asked for again.
      const shares = readShares(context.profile.folder, uploadId);
      const told = shares === null ? null : (await client.request(operations.custodians, {})).custodians;
      const destroyed = shares === null ? null : await destroyShares(nodeBackend, shares, context.profile.recordSecret(), told?.custodians ?? []);
      const { listingId, certificate, delisted } = await erase(client, contracts, wallet, uploadId);
      writeFileSync(options.certificate, `${JSON.stringify({ ...certificate, ...(destroyed ? { custodians: destroyed.certificates } : {}) })}\n`);
      context.print.result({ ...(destroyed ? { sharesDestroyed: destroyed.certificates.length, sharesLeft: destroyed.left } : {}), listingId, certificate: options.certificate, delisted: delisted !== null, ...(delisted ? minedFields(delisted) : {}) }, [
        ...(destroyed ? [`${destroyed.certificates.length} custodians destroyed their share`, ...destroyed.left.map((each) => `still to be asked, by the same command: ${each}`)] : []),
        `erased; the certificate is ${options.certificate}`,
        delisted ? `delisted ${listingId} in ${minedLine(delisted)}` : `${listingId} was off the market before, or its payee has to delist it`,
      ]);
    });
}
