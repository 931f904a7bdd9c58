import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Contract, JsonRpcProvider, keccak256, toUtf8Bytes, Wallet, ZeroHash, type InterfaceAbi, type TransactionReceipt } from "ethers";
import pg from "pg";
import { IsNull, type DataSource } from "typeorm";
import { deploy } from "../contracts/script/deploy.js";
import type { Deployment } from "../platform/chain/deployment.js";
import { connectDatabase } from "../platform/database/connect.js";
import { migrate } from "../platform/database/migrate.js";
import { recipientCommitment } from "../crypto/recipient.js";
import { marketplaceAbi } from "../schema/abi/marketplace.js";
import { paymentTokenAbi } from "../schema/abi/payment-token.js";
import { Listing } from "../schema/entities/listing.js";
import { MarketEvent } from "../schema/entities/market-event.js";
import { Participant } from "../schema/entities/participant.js";
import { TradeOrder } from "../schema/entities/trade-order.js";
import { DataKind, ParticipantKind, Purpose, Role } from "../schema/market.js";
import { packListing } from "../schema/pack-listing.js";
import { startIndexer, untilIndexed, type RunningIndexer } from "../test/support/indexer-harness.js";
import { withAnvil } from "../test/support/with-anvil.js";
import { withPostgres, type TestService } from "../test/support/with-postgres.js";
import { ChainRpc } from "./chain-rpc.js";
import { selfCheck } from "./self-check.js";

const folder = mkdtempSync(join(tmpdir(), "galen-indexer-"));
const far = 4_000_000_000;
const hash = (text: string): string => keccak256(toUtf8Bytes(text));
let services: TestService[];
let provider: JsonRpcProvider;
let database: DataSource;
let databaseUrl: string;
let deployment: Deployment;
let indexer: RunningIndexer;
let admin: Wallet;

before(async () => {
  services = await Promise.all([withAnvil({ blockTime: 3600 }), withPostgres()]);
  const [anvil, postgres] = services as [TestService, TestService];
  provider = new JsonRpcProvider(anvil.url, undefined, { cacheTimeout: -1, pollingInterval: 20 });
  admin = new Wallet(hash("admin"), provider);
  deployment = await deploy({
    signer: admin,
    directory: folder,
    parameters: {
      ...{ registrar: admin.address, pauser: admin.address, treasurer: admin.address, treasury: admin.address, token: { name: "Dollar", symbol: "tUSD" } },
      ...{ feeBps: 250, quorum: 2, deliveryWindow: 3600, settleWindow: 60, maxPause: 600, delays: { admin: 0, registrar: 0, pauser: 0, treasurer: 0 }, platform: [] },
    },
  });
  databaseUrl = postgres.url;
  database = await connectDatabase({ url: postgres.url, service: "test" });
  await migrate(database);
  indexer = startIndexer({ database, rpcUrl: anvil.url, deployment });
});
after(async () => {
  await indexer.stop();
  await database.destroy();
  provider.destroy();
  await Promise.all(services.map(({ stop }) => stop()));
  rmSync(folder, { recursive: true });
});

const contract = (signer: Wallet): Contract => new Contract(deployment.marketplace, marketplaceAbi as InterfaceAbi, signer);
async function send(signer: Wallet, name: string, ...args: unknown[]): Promise<TransactionReceipt> {
  const response = (await contract(signer).getFunction(name).send(...args, { maxFeePerGas: 0, maxPriorityFeePerGas: 0 }));
  return (await response.wait())!;
}
const indexed = async ({ blockNumber, blockHash }: TransactionReceipt): Promise<void> => untilIndexed(database, { height: blockNumber, hash: blockHash });

test("a whole trade on the real contract is in the tables and in the feed", async () => {
  const [provider1, relayer, auditor1, auditor2, buyer, deliverer, anchorer] = ["p", "r", "a1", "a2", "b", "d", "n"].map((name) => new Wallet(hash(name), provider)) as [Wallet, Wallet, Wallet, Wallet, Wallet, Wallet, Wallet];
  const registration = (wallet: Wallet, roles: number, auditorSlot = 0): unknown[] => [wallet.address, hash("clinic"), roles, ParticipantKind.HOSPITAL, auditorSlot, far, hash("credential"), recipientCommitment(wallet.address)];
  await send(admin, "registerParticipants", [
    registration(provider1, Role.PROVIDER),
    registration(relayer, Role.RELAYER),
    registration(auditor1, Role.AUDITOR, 1),
    registration(auditor2, Role.AUDITOR, 2),
    registration(buyer, Role.BUYER),
    registration(deliverer, Role.DELIVERER),
    registration(anchorer, Role.ANCHORER),
  ]);
  const terms = [provider1.address, buyer.address, hash("content"), hash("plain"), hash("cipher"), hash("key"), hash("metadata"), hash("legal"), ZeroHash, DataKind.FHIR, 276];
  const listingId = (await contract(admin).getFunction("listingIdOf")(terms)) as string;
  const [price, purposes] = [5_000_000n, Purpose.GENERAL_RESEARCH | Purpose.CLINICAL_CARE];
  const offer = [hash("model"), 1n, 2n, 3n, purposes, price];
  const consent = await provider1.signTypedData(
    { name: "Galen Marketplace", version: "1", chainId: deployment.chainId, verifyingContract: deployment.marketplace },
    { ListingConsent: ["bytes32 listingId", "uint64 price", "uint32 purposes", "uint256 deadline"].map((field) => ({ type: field.split(" ")[0]!, name: field.split(" ")[1]! })) },
    { listingId, price, purposes, deadline: far },
  );
  const listedIn = await send(relayer, "list", terms, offer, far, consent);
  await send(auditor1, "vote", listingId, true, 0);
  await send(auditor2, "vote", listingId, true, 7);
  await send(provider1, "reprice", terms, 4_000_000n);
  await send(provider1, "narrowConsent", terms, Purpose.GENERAL_RESEARCH);
  const token = new Contract(deployment.token, paymentTokenAbi as InterfaceAbi, admin);
  const free = { maxFeePerGas: 0, maxPriorityFeePerGas: 0 };
  await ((await token.getFunction("mint").send(buyer.address, 10_000_000n, hash("wire"), free))).wait();
  await ((await (token.connect(buyer) as Contract).getFunction("approve").send(deployment.marketplace, 10_000_000n, free))).wait();
  const salt = hash("salt");
  const purchasedIn = await send(buyer, "purchase", [[listingId, Purpose.GENERAL_RESEARCH, 4_000_000n, salt]]);
  const orderId = (await contract(admin).getFunction("orderIdOf")(listingId, buyer.address, salt)) as string;
  await send(deliverer, "deliver", orderId, hash("delivery"));
  const settledIn = await send(buyer, "settle", terms, buyer.address, salt);
  await send(buyer, "withdraw", buyer.address);
  await send(anchorer, "anchorAccess", hash("root"), 3, 1, 2);
  await send(anchorer, "tellAccesses", 1, [hash("access 1"), hash("access 2")]);
  const last = await send(admin, "revokeParticipants", [auditor2.address]);
  await indexed(last);

  const listing = await database.getRepository(Listing).findOneByOrFail({ id: listingId, toBlock: IsNull() });
  assert.equal(listing.status, "APPROVED");
  assert.deepEqual(
    { price: listing.price, purposes: listing.purposes, approvals: listing.approvals, sales: listing.sales, p10: listing.p10, provider: listing.provider, listed: listing.listedTransaction },
    { price: 4_000_000n, purposes: 1n, approvals: 2, sales: 1, p10: 1n, provider: provider1.address.toLowerCase(), listed: listedIn.hash },
  );
  assert.equal(await database.getRepository(Listing).countBy({ id: listingId }), 6); // listed, vote, vote + approved, reprice, narrow, sale
  const order = await database.getRepository(TradeOrder).findOneByOrFail({ id: orderId, toBlock: IsNull() });
  assert.deepEqual(
    { status: order.status, fee: order.fee, buyer: order.buyer, salt: order.salt, bought: order.purchasedTransaction, closed: order.closedBlock },
    { status: "SETTLED", fee: 100_000n, buyer: buyer.address.toLowerCase(), salt, bought: purchasedIn.hash, closed: settledIn.blockNumber },
  );
  const revoked = await database.getRepository(Participant).findOneByOrFail({ account: auditor2.address.toLowerCase(), toBlock: IsNull() });
  assert.deepEqual({ roles: revoked.roles, revoked: revoked.revoked }, { roles: 0, revoked: true });
  for (const [table, count] of Object.entries({ vote: 2, withdrawal: 1, access_anchor: 1, access_told: 2 })) {
    assert.equal(Number(((await database.query(`select count(*) from ${table}`)) as { count: string }[])[0]!.count), count, table);
  }
  const feed = await database.getRepository(MarketEvent).find({ order: { seq: "ASC" } });
  assert.deepEqual(feed.map(({ seq }) => seq), feed.map((_, index) => BigInt(index + 1)));
  assert.ok(feed.every(({ op, invalidReason }) => op === "APPLY" && invalidReason === null));
  const names = feed.map(({ name }) => name).filter((name) => !/^(Authority|EIP712|Participant)/.test(name));
  assert.deepEqual(names, ["Listed", "Voted", "Voted", "Approved", "Repriced", "ConsentNarrowed", "Purchased", "Delivered", "Settled", "Withdrawn", "AccessAnchored", "AccessTold", "AccessTold"]);
  const delivered = feed.find(({ name }) => name === "Delivered")!;
  assert.deepEqual({ listing: delivered.listingId, order: delivered.orderId, account: delivered.account }, { listing: listingId, order: orderId, account: buyer.address.toLowerCase() });
});

test("the self-check finds rows equal to the contract's state, and names the row and field that differ", async () => {
  const rpc = new ChainRpc(provider._getConnection().url);
  const client = new pg.Client(databaseUrl);
  await client.connect();
  const height = await provider.getBlockNumber();
  const check = () => selfCheck({ sql: client, rpc, deployment, height, each: 20 });
  const { checked, mismatches } = await check();
  assert.deepEqual(mismatches, []);
  assert.equal(checked, 1 + 1 + 7 + 1 + 1 + 3);
  for (let before = deployment.deployBlock; before < height; before++) {
    const past = await selfCheck({ sql: client, rpc, deployment, height: before, each: 20 });
    assert.deepEqual(past.mismatches, [], `as of block ${before}`);
  }
  const spoil = ["listing set price = price + 1", "trade_order set status = 'REFUNDED'", "participant set roles = roles + 64", "access_anchor set batch_index = batch_index + 1", "access_told set number = number + 1"];
  for (const change of spoil) {
    await client.query("begin");
    await client.query(`update ${change}${change.startsWith("access") ? "" : " where to_block is null"}`);
    const found = (await check()).mismatches;
    await client.query("rollback");
    assert.ok(found.length > 0 && found.every((text) => text.startsWith(change.split(" ")[0]!)), `${change}: ${found.join()}`);
  }
  await client.end();
  rpc.close();
});

test("a batch of listings and the votes of both auditors, each one transaction, are told one by one", async () => {
  const [owner, relayer, first, second] = ["batch owner", "batch relayer", "batch auditor 1", "batch auditor 2"].map((name) => new Wallet(hash(name), provider)) as [Wallet, Wallet, Wallet, Wallet];
  const registered = ([wallet, roles, auditorSlot]: readonly [Wallet, number, number]): unknown[] => [wallet.address, hash("clinic"), roles, ParticipantKind.HOSPITAL, auditorSlot, far, hash("credential"), recipientCommitment(wallet.address)];
  await send(admin, "registerParticipants", ([[owner, Role.PROVIDER, 0], [relayer, Role.RELAYER, 0], [first, Role.AUDITOR, 11], [second, Role.AUDITOR, 12]] as const).map(registered));
  const offer = { modelHash: hash("model"), p10: 1n, p50: 2n, p90: 3n, purposes: 3, price: 7_000_000n };
  const hashes = (name: string) => ({ contentHash: hash(`${name} content`), plaintextRoot: hash("plain"), ciphertextRoot: hash("cipher"), keyCommitment: hash("key"), metadataHash: hash("metadata"), legalEvidenceHash: hash("legal"), previousId: ZeroHash });
  const batch = ["one", "two", "three"].map((name) => ({ provider: owner.address, payee: second.address, ...hashes(name), dataKind: DataKind.DICOM, region: 756 }));
  const listingIds = await Promise.all(batch.map((terms) => contract(admin).getFunction("listingIdOf")(terms) as Promise<string>));
  const domain = { name: "Galen Marketplace", version: "1", chainId: deployment.chainId, verifyingContract: deployment.marketplace };
  const field = (type: string, name: string) => ({ type, name });
  const ListingConsent = [field("bytes32", "listingId"), field("uint64", "price"), field("uint32", "purposes"), field("uint256", "deadline")];
  const consents = listingIds.map((listingId) => ({ listingId, price: offer.price, purposes: offer.purposes, deadline: far }));
  const consent = await owner.signTypedData(domain, { ListingBatch: [field("ListingConsent[]", "consents")], ListingConsent }, { consents });
  const listed = await send(relayer, "listBatch", owner.address, batch.map((terms) => packListing(terms, offer)), far, consent);
  await send(first, "vote", listingIds[1], false, 3);
  await send(owner, "delist", batch[2]);
  const AuditVotes = [field("bytes32[]", "listingIds"), field("bool", "approve"), field("uint16", "reason"), field("uint256", "deadline")];
  const signatures = await Promise.all([first, second].map((auditor) => auditor.signTypedData(domain, { AuditVotes }, { listingIds, approve: true, reason: 9, deadline: far })));
  const voted = await send(relayer, "voteBySignatures", listingIds, true, 9, far, signatures);
  await indexed(voted);

  const rows = await Promise.all(listingIds.map((id) => database.getRepository(Listing).findOneByOrFail({ id, toBlock: IsNull() })));
  assert.deepEqual(rows.map(({ status, approvals, rejections, price, payee, region, listedTransaction }) => ({ status, approvals, rejections, price, payee, region, listedTransaction })), [
    { status: "APPROVED", approvals: 2, rejections: 0 },
    { status: "PENDING", approvals: 1, rejections: 1 },
    { status: "DELISTED", approvals: 0, rejections: 0 },
  ].map((expected) => ({ ...expected, price: 7_000_000n, payee: second.address.toLowerCase(), region: 756, listedTransaction: listed.hash })));
  const told = await database.getRepository(MarketEvent).find({ where: { transactionHash: voted.hash }, order: { seq: "ASC" } });
  const accounts = [first, second].map(({ address }) => address.toLowerCase()) as [string, string];
  assert.deepEqual(told.map(({ name, listingId, account, logPart, invalidReason }) => [name, listingId, account, logPart, invalidReason]), [
    ["Voted", listingIds[0], accounts[0], 0, null],
    ["Voted", listingIds[0], accounts[1], 1, null],
    ["Approved", listingIds[0], null, 2, null],
    ["Voted", listingIds[1], accounts[1], 3, null],
  ]);
  assert.deepEqual(told[0]?.payload, { listingId: listingIds[0], auditor: accounts[0], approve: true, reason: 9 });
  assert.ok(told.every(({ logIndex }) => logIndex === voted.logs[0]!.index));
});
