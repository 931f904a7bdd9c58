import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { operations, readCatalogue } from "../../client/index.js";
import { AppError } from "../../schema/errors.js";
import { positiveInteger } from "./arguments.js";
import { userContext } from "./context.js";

/** Longest wait of `access log --anchored`, in ms. */
const anchorWaitMs = 60_000;

/** Where accesses are told one by one, all from some record on are: one that is told is followed by others. */
const allOnChain = (records: readonly operations.AccessRecord[]): boolean => records.every(({ batch }) => batch?.transactionHash) && (records.at(-1)?.told != null || records.every(({ told }) => told === null));

/** `galen listing …`, `galen access …`, `galen chain`: what anyone, or those concerned, may read. */
export function addMarketCommands(program: Command): void {
  const listing = program.command("listing").description("what is on the market");

  listing
    .command("list")
    .description("listings, newest first")
    .option("--first <n>", "how many", positiveInteger, 20)
    .action(async (options: { first: number }, command: Command) => {
      const context = userContext(command);
      const { listings } = await context.client.request(operations.listings, { first: options.first });
      const nodes = listings.edges.map(({ node }) => node);
      context.print.table({ totalCount: listings.totalCount, listings: nodes }, ["listing", "kind", "price", "status", "tradable"], nodes.map((each) => [each.id, each.dataKind, `${each.price.decimal} ${each.price.currency}`, each.status, each.tradable ? "yes" : "no"]));
    });

  listing
    .command("show")
    .description("one listing")
    .argument("<listing>", "its id")
    .action(async (id: string, _options: object, command: Command) => {
      const context = userContext(command);
      const { listing: found } = await context.client.request(operations.listing, { id });
      if (!found) throw new AppError("NOT_FOUND", "No such listing.");
      context.print.result(found, JSON.stringify(found, null, 2));
    });

  listing
    .command("cohort")
    .description("how many records of a listing are so, as its published profile tells: in steps, never under five")
    .argument("<listing>", "its id")
    .option("--condition <code>", "with this diagnosis, e.g. E11")
    .option("--condition-system <url>", "the code's system, where it may be of several")
    .option("--record-type <name>", "of this type, e.g. Observation")
    .option("--modality <name>", "whether there is this kind of data, e.g. LABORATORY")
    .option("--unit <unit>", "of the whole: RECORDS or PATIENTS")
    .action(async (id: string, where: { condition?: string; conditionSystem?: string; recordType?: string; modality?: string; unit?: string }, command: Command) => {
      const context = userContext(command);
      const { listing: found } = await context.client.request(operations.cohortCount, { id, where });
      if (!found) throw new AppError("NOT_FOUND", "No such listing.");
      const { status, unit, atLeast, below, refusal } = found.cohortCount;
      context.print.result(found.cohortCount, status === "COUNTED" ? `${atLeast} to ${(below ?? 0) - 1} ${unit.toLowerCase()}` : status === "SUPPRESSED" ? `fewer than ${below} ${unit.toLowerCase()}` : (refusal ?? status));
    });

  listing
    .command("sample")
    .description("rows made up from a listing's published profile: no record of anybody")
    .argument("<listing>", "its id")
    .action(async (id: string, _options: object, command: Command) => {
      const context = userContext(command);
      const { listing: found } = await context.client.request(operations.syntheticSample, { id });
      if (!found?.sample) throw new AppError("NOT_FOUND", "No such listing, or it has no profile.");
      context.print.result(found.sample, [found.sample.notice, ...found.sample.rows.map((row) => JSON.stringify(row))]);
    });

  listing
    .command("catalog")
    .description("all that is on offer as a HealthDCAT-AP catalogue in JSON-LD, all pages of one block (Turtle: /catalog.ttl of the API)")
    .option("--output <file>", "where it goes; the screen otherwise")
    .action(async (options: { output?: string }, command: Command) => {
      const context = userContext(command);
      const catalogue = await readCatalogue(context.client);
      const text = JSON.stringify(catalogue, null, 2);
      if (options.output !== undefined) writeFileSync(options.output, `${text}\n`);
      const datasets = catalogue["@graph"].filter((node) => node["@type"].includes("dcat:Dataset")).length;
      context.print.result({ datasets, ...(options.output === undefined ? { catalogue } : { file: options.output }) }, options.output === undefined ? text : `${datasets} data sets to ${options.output}`);
    });

  program
    .command("access")
    .description("the access log")
    .command("log")
    .description("who read a record of yours, or what you read: hash-chained, anchored on the chain")
    .option("--listing <id>", "of one listing")
    .option("--order <id>", "of one order")
    .option("--anchored", "wait until all of it is anchored on the chain, and told there one by one if anything is")
    .action(async (options: { listing?: string; order?: string; anchored?: boolean }, command: Command) => {
      const context = userContext(command);
      const client = await context.signedIn();
      const read = async (): Promise<operations.AccessRecord[]> => {
        const { accessRecords } = await client.request(operations.accessRecords, {
          first: 100,
          ...(options.listing === undefined ? {} : { listingId: options.listing }),
          ...(options.order === undefined ? {} : { orderId: options.order }),
        });
        return accessRecords.edges.map(({ node }) => node);
      };
      let records = await read();
      for (const end = Date.now() + anchorWaitMs; options.anchored && !allOnChain(records) && Date.now() < end; records = await read()) {
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      context.print.table(records, ["no.", "time", "account", "action", "outcome", "anchored in", "told as"], records.map((each) => [each.seq, each.at, each.account ?? "-", each.action, each.outcome, each.batch?.transactionHash ?? "not yet", each.told?.number ?? "-"]));
    });

  program
    .command("chain")
    .description("how fresh the API is, and where the contracts are")
    .action(async (_options: object, command: Command) => {
      const context = userContext(command);
      const { chain } = await context.client.request(operations.chain, {});
      context.print.result(chain, [`chain ${chain.chainId}, indexed to block ${chain.indexedBlock}, final to ${chain.finalizedBlock} (${chain.status})`, ...chain.contracts.map(({ name, address }) => `${name.padEnd(14)} ${address}`)]);
    });
}
