import { InvalidArgumentError, type Command } from "commander";
import { operations, verifyListing } from "../../client/index.js";
import { AppError } from "../../schema/errors.js";
import { bitNames, Purpose } from "../../schema/market.js";
import { positiveInteger } from "./arguments.js";
import { userContext } from "./context.js";

const address = (text: string): string => {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) throw new InvalidArgumentError("an address is 0x and 40 hexadecimal digits");
  return text;
};
const hash = (text: string): string => {
  if (!/^0x[0-9a-fA-F]{64}$/.test(text)) throw new InvalidArgumentError("a hash is 0x and 64 hexadecimal digits");
  return text;
};

/** `galen verify listing`: what the API says, against the chain itself. */
export function addVerifyCommands(program: Command): void {
  program
    .command("verify")
    .description("check what the API says against the chain")
    .command("listing")
    .description("checks the proof that the marketplace holds a listing: offline, once the proof is here")
    .argument("<listing>", "its id", hash)
    .option("--block <n>", "as of this block; the newest one otherwise", positiveInteger)
    .option("--marketplace <address>", "the marketplace's address, as you know it from elsewhere; the API's own otherwise, which it could make up", address)
    .option("--block-hash <hash>", "hash of that block, as you know it from elsewhere (an own node): without it the block is the API's word", hash)
    .option("--signer <address...>", "whose seals of blocks you take; without it anybody's", (text: string, known: string[] = []) => [...known, address(text)])
    .action(async (id: string, options: { block?: number; marketplace?: string; blockHash?: string; signer?: string[] }, command: Command) => {
      const context = userContext(command);
      const { listing } = await context.client.request(operations.listingProof, { id, ...(options.block === undefined ? {} : { at: { block: options.block } }) });
      if (!listing) throw new AppError("NOT_FOUND", "No such listing.");
      const { address: claimed, accountProof, storageProof, block } = listing.proof;
      const marketplace = options.marketplace ?? claimed;
      const proof = { address: claimed, accountProof, storageProof, header: block.header };
      const held = verifyListing(id, proof, { marketplace, ...(options.blockHash === undefined ? {} : { hash: options.blockHash }), ...(options.signer ? { signers: options.signer } : {}) }, listing.terms);
      const purposes = bitNames(Purpose, Number(held.purposes));
      const anchored = options.blockHash !== undefined || options.signer !== undefined;
      context.print.result({ listing: id, marketplace, status: held.status, price: held.price.toString(), purposes, block: { ...held.block, time: held.block.time.toISOString() }, anchored }, [
        `the proof holds: ${held.status}, price ${held.price}, ${purposes.join(", ")}`,
        `at block ${held.block.number} (${held.block.hash}) of ${held.block.time.toISOString()}, sealed by ${held.block.seal.signers.join(", ") || "nobody (a development chain)"}`,
        ...(anchored ? [] : ["the block itself was not compared with anything: give --block-hash or --signer"]),
      ]);
    });
}
