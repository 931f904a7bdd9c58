import type { Command } from "commander";
import type { Delivery, GalenClient } from "../../client/index.js";
import { createReadStream, createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { download, operations, purchase, send, settle, waitForBlock, waitForGrant, waitForOrder, withdraw } from "../../client/index.js";
import { AppError } from "../../schema/errors.js";
import { positiveInteger } from "./arguments.js";
import { minedFields, minedLine } from "./mined.js";
import { fetchOpenable } from "./fetch-openable.js";
import { decryptRecord, openRecord, type OpenedRecord } from "./open-record.js";
import { userContext, type UserContext } from "./context.js";

/** `galen buyer …`: buy, fetch, settle. */
export function addBuyerCommands(program: Command): void {
  const buyer = program.command("buyer").description("buy approved listings, fetch and decrypt, settle");

  buyer
    .command("buy")
    .description("buy listings in one transaction from your own wallet (permit and escrow)")
    .argument("<listings...>", "their ids")
    .requiredOption("--purpose <purpose>", "what you will use them for: a GA4GH DUO purpose that the listing allows")
    .option("--direct", "do not ask the API first: let the contract alone decide")
    .action(async (listingIds: string[], options: { purpose: string; direct?: boolean }, command: Command) => {
      const context = userContext(command);
      const client = await context.signedIn();
      const { contracts, wallet } = await context.chain();
      const purpose = options.purpose.toUpperCase();
      if (options.direct) {
        const items = listingIds.map((listingId) => ({ listingId, maxPrice: 2n ** 64n - 1n, purpose: 1, salt: `0x${"00".repeat(32)}` }));
        const mined = await send(contracts.marketplace, wallet, "purchase", [items]);
        return context.print.result({ orders: mined.result, ...minedFields(mined) }, minedLine(mined));
      }
      const bought = await purchase(client, contracts, wallet, listingIds.map((listingId) => ({ listingId, purpose })));
      await waitForBlock(client, bought.block);
      const orders = bought.orderIds.map((orderId, index) => ({ orderId, listingId: listingIds[index] }));
      context.print.result({ orders, ...minedFields(bought) }, [...orders.map(({ orderId, listingId }) => `order ${orderId} of listing ${listingId}`), `paid in ${minedLine(bought)}`]);
    });

  buyer
    .command("fetch")
    .description("wait for the delivery, download, decrypt, and check against the chain")
    .argument("<orders...>", "their ids")
    .requiredOption("--output <folder>", "where the decrypted records go, one file an order, named by its id")
    .option("--age", "also keep the encrypted files (<order>.age), for the stock age tool")
    .option("--timeout <seconds>", "how long to wait for the delivery", positiveInteger, 120)
    .action(async (orderIds: string[], options: { output: string; age?: boolean; timeout: number }, command: Command) => {
      const context = userContext(command);
      const client = await context.signedIn();
      mkdirSync(options.output, { recursive: true, mode: 0o700 });
      const fetched = await Promise.all(orderIds.map((orderId) => fetchOrder(context, client, orderId, options)));
      context.print.result({ fetched }, fetched.flatMap((each) => [each.orderId, `  ${each.bytes} bytes to ${each.file}`, `  SHA-256 ${each.sha256}`, `  Merkle root ${each.plaintextRoot}: as on the chain`]));
    });

  buyer
    .command("settle")
    .description("confirm deliveries, so that the providers are paid")
    .argument("<orders...>", "their ids")
    .action(async (orderIds: string[], _options: object, command: Command) => {
      const context = userContext(command);
      const client = await context.signedIn();
      const { contracts, wallet } = await context.chain();
      const settled: ({ orderId: string } & ReturnType<typeof minedFields>)[] = [];
      for (const orderId of orderIds) {
        const { purchase: order } = await client.request(operations.order, { id: orderId });
        if (!order) throw new AppError("NOT_FOUND", "No such order.");
        settled.push({ orderId, ...minedFields(await settle(contracts, wallet, order)) });
      }
      await waitForBlock(client, Math.max(...settled.map(({ block }) => block)));
      context.print.result({ settled }, settled.map(({ orderId, block, tx }) => `settled ${orderId} in block ${block}, transaction ${tx}`));
    });

  buyer
    .command("link")
    .description("a download link for one of your grants, as short-lived as you like (logged)")
    .argument("<grant>", "its id")
    .option("--seconds <n>", "lifetime; the platform's longest if not given", positiveInteger)
    .action(async (grantId: string, options: { seconds?: number }, command: Command) => {
      const context = userContext(command);
      const client = await context.signedIn();
      const { refreshLink: link } = await client.request(operations.refreshLink, { grantId, ...(options.seconds === undefined ? {} : { seconds: options.seconds }) });
      context.print.result(link, [link.url, `until ${link.expiresAt}`]);
    });

  buyer
    .command("download")
    .description("fetch what lies behind a link: an age file, for the stock tool or `galen decrypt`")
    .argument("<url>", "the link")
    .requiredOption("--output <file>", "where it goes")
    .action(async (url: string, options: { output: string }, command: Command) => {
      const { print } = userContext(command);
      await pipeline(Readable.from(await download(url, "all")), createWriteStream(options.output, { mode: 0o600 }));
      print.result({ file: options.output }, `kept in ${options.output}`);
    });

  buyer
    .command("open")
    .description("fetch header and link of a grant, download and decrypt")
    .argument("<grant>", "its id")
    .argument("<listing>", "the listing that it belongs to")
    .option("--order <order>", "the order that it is of: custodians ask for it, where they have the key")
    .requiredOption("--output <file>", "where the decrypted record goes")
    .action(async (grantId: string, listingId: string, options: { order?: string; output: string }, command: Command) => {
      const context = userContext(command);
      const client = await context.signedIn();
      const { listing } = await client.request(operations.listing, { id: listingId });
      if (!listing) throw new AppError("NOT_FOUND", "No such listing.");
      const { accessGrant: grant } = await client.request(operations.grantStatus, { id: grantId });
      if (!grant) throw new AppError("NOT_FOUND", "No such access grant.");
      const kind = grant.kind === "ORDER" || grant.kind === "AUDIT" ? grant.kind : "OWN";
      const opened = await openRecord(await fetchOpenable(context, client, grantId, { kind, subject: kind === "ORDER" ? options.order ?? "" : listingId, listing }), { identity: context.profile.identity(), listing, output: options.output });
      context.print.result(opened, `${opened.bytes} bytes to ${opened.file}`);
    });

  buyer
    .command("withdraw")
    .description("take refunds that are credited to you out of the market")
    .action(async (_options: object, command: Command) => {
      const context = userContext(command);
      const { contracts, wallet } = await context.chain();
      const mined = await withdraw(contracts, wallet);
      context.print.result({ amount: String(mined.result), ...minedFields(mined) }, `withdrawn in ${minedLine(mined)}`);
    });

  program
    .command("decrypt")
    .description("decrypt a downloaded age file with your own identity")
    .argument("<file>", "the age file")
    .requiredOption("--output <file>", "where the record goes")
    .action(async (file: string, options: { output: string }, command: Command) => {
      const context = userContext(command);
      const opened = await decryptRecord(createReadStream(file), { identity: context.profile.identity(), output: options.output });
      context.print.result(opened, [`${opened.bytes} bytes to ${opened.file}`, `SHA-256 ${opened.sha256}`]);
    });
}

interface Fetched extends OpenedRecord {
  orderId: string;
  listingId: string;
  grantId: string;
  /** The Merkle root that the chain has for the record's plain text. */
  chainRoot: string;
  ageFile?: string;
  tx: string;
  block: number;
  blockTime: string;
}

async function fetchOrder(context: UserContext, client: GalenClient, orderId: string, options: { output: string; age?: boolean; timeout: number }): Promise<Fetched> {
  const order = await waitForOrder(client, orderId, ({ grant, delivered }) => grant !== null && delivered !== null, options.timeout * 1000);
  if (!order.grant || !order.delivered) throw new AppError("NOT_READY", "The order is not delivered yet.");
  await waitForGrant(client, order.grant.id);
  const delivery = await fetchOpenable(context, client, order.grant.id, { kind: "ORDER", subject: orderId, listing: order.listing });
  const opened = await openRecord(delivery, { identity: context.profile.identity(), listing: order.listing, output: join(options.output, orderId) });
  const ageFile = join(options.output, `${orderId}.age`);
  if (options.age) await pipeline(Readable.from(wholeFile(delivery)), createWriteStream(ageFile, { mode: 0o600 }));
  return {
    orderId,
    listingId: order.listing.id,
    grantId: order.grant.id,
    chainRoot: order.listing.plaintextRoot,
    ...opened,
    ...(options.age ? { ageFile } : {}),
    tx: order.delivered.transactionHash,
    block: order.delivered.block,
    blockTime: order.delivered.time,
  };
}

/** Header ‖ payload: the stock tool's file. The platform sends it whole too, but for records whose header is made here. */
async function* wholeFile({ header, url }: Delivery): AsyncGenerator<Uint8Array> {
  yield header;
  yield* await download(url, "payload");
}
