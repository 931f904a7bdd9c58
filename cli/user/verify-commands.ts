import { InvalidArgumentError, Option, type Command } from "commander";
import type { Contract } from "ethers";
import { openContracts, operations, verifyAccesses, verifyDraw, verifyListing, type Contracts } from "../../client/index.js";
import { nodeBackend } from "../../crypto/backend/node.js";
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

/** For commands that ask the contract itself. */
const marketplaceOption = (): Option => new Option("--marketplace <address>", "the marketplace's address, as you know it from elsewhere; the API's own otherwise").argParser(address);

/** @returns the marketplace at the address that the user knows, or else at the API's. */
const trusted = ({ marketplace }: Contracts, known: string | undefined): Contract => (known === undefined ? marketplace : (marketplace.attach(known) as Contract));

/** `galen verify listing`, `galen verify access`, `galen verify draw`: what the API says, against the chain itself. */
export function addVerifyCommands(program: Command): void {
  const verify = program.command("verify").description("check what the API says against the chain");

  verify
    .command("access")
    .description("checks who read a record, and that no read was left out: hashes, Merkle paths, and the contract's own anchors and numbers")
    .option("--listing <id>", "of one listing", hash)
    .option("--order <id>", "of one order; auditors may leave both out: the whole log", hash)
    .addOption(marketplaceOption())
    .action(async (options: { listing?: string; order?: string; marketplace?: string }, command: Command) => {
      const context = userContext(command);
      const client = await context.signedIn();
      const { contracts } = await context.chain();
      const of = { ...(options.listing === undefined ? {} : { listingId: options.listing }), ...(options.order === undefined ? {} : { orderId: options.order }) };
      const records: operations.AccessRecord[] = [];
      for (let after: string | null | undefined; after !== null; ) {
        const { accessRecords } = await client.request(operations.accessRecords, { ...of, first: 100, ...(after === undefined ? {} : { after }) });
        records.push(...accessRecords.edges.map(({ node }) => node));
        after = accessRecords.pageInfo.hasNextPage ? accessRecords.pageInfo.endCursor : null;
      }
      const whole = Object.keys(of).length === 0;
      const marketplace = trusted(contracts, options.marketplace);
      const verified = await verifyAccesses(nodeBackend, records, marketplace, { whole });
      // Records that came since the log was read are told with higher numbers than the last one read.
      const lastRead = records.at(-1)?.told?.number;
      const missing = verified.unexplained.filter((number) => lastRead !== undefined && number <= BigInt(lastRead));
      if (missing.length > 0) throw new AppError("PROOF_INVALID", `No record was shown for the accesses ${missing.slice(0, 10).join(", ")} that the chain tells.`);
      context.print.result({ ...verified, lastTold: `${verified.lastTold}`, unexplained: verified.unexplained.map(String), whole }, [
        `${verified.records} records hold: ${verified.anchored} anchored in batches, ${verified.told} told one by one, of ${verified.lastTold} that the chain tells in all`,
        ...(whole ? [] : ["numbers between them are reads of other records: an auditor can check the whole log"]),
      ]);
    });

  verify
    .command("draw")
    .description("recomputes from the chain's events alone which auditors the lot gave a listing to")
    .argument("<listing>", "its id", hash)
    .addOption(marketplaceOption())
    .action(async (id: string, options: { marketplace?: string }, command: Command) => {
      const context = userContext(command);
      const contracts = await openContracts(context.client, command.optsWithGlobals<{ rpc?: string }>().rpc);
      const marketplace = trusted(contracts, options.marketplace);
      const drawn = await verifyDraw(marketplace, id);
      context.print.result({ ...drawn, round: `${drawn.round}` }, [
        `the draw holds: ${drawn.auditors.join(", ")}`,
        `round ${drawn.round}, block ${drawn.block}: ${drawn.revealed.length} secrets revealed, ${drawn.withheld.length} withheld, seed ${drawn.seed}`,
      ]);
    });

  verify
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
