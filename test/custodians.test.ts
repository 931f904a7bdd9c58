import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { toBeHex, Wallet } from "ethers";
import { Redis } from "ioredis";
import { runCommand } from "../cli/demo/command.js";
import { openProfile } from "../cli/user/profile.js";
import {
  consentSigner, fetchDelivery, openDelivery, operations, publish, purchase, registerRing, ringKeyOf, vote, waitForGrant, waitForListing, waitForOrder, waitForUpload, withCustodians as askCustodians,
  type Contracts,
} from "../client/index.js";
import { nodeBackend } from "../crypto/backend/node.js";
import { openKeyring } from "../crypto/custody/keyring-node.js";
import { parseSharesDocument } from "../crypto/custody/shares-document.js";
import { sealSmall } from "../crypto/envelope/small-file.js";
import { nodeCrypto } from "../crypto/node.js";
import { newRingKey } from "../crypto/ring/ring.js";
import { collect } from "../records/index.js";
import { AppError } from "../schema/errors.js";
import { dumpObjects, dumpPostgres, dumpRedis, forms } from "./support/dumps.js";
import { tradingPeople, type TradingPeople, type TradingPerson } from "./support/trading-people.js";
import { withApi, type TestApi } from "./support/with-api.js";
import { withCustodians, type TestCustodians } from "./support/with-custodians.js";
import { table } from "./support/workers/samples.js";
import { workerProcess, type WorkerProcess } from "./support/workers/worker-process.js";

const folder = mkdtempSync(join(tmpdir(), "galen-threshold-"));
let t: TestApi;
let custodians: TestCustodians;
let workers: WorkerProcess | undefined;
let workersEnv: Readonly<Record<string, string>>;
let contracts: Contracts;
let wallets: TradingPeople["wallets"];
let clients: TradingPeople["clients"];
let identities: TradingPeople["identities"];
const never = new AbortController().signal;

before(async () => {
  custodians = await withCustodians(3, 2);
  t = await withApi({ CUSTODIANS_FILE: custodians.file });
  const chain = { rpcUrl: t.env["RPC_URL"] ?? "", deploymentFile: t.env["DEPLOYMENT_FILE"] ?? "" };
  await Promise.all([0, 1, 2].map((index) => custodians.start(index, chain)));
  workersEnv = t.workersEnv;
  workers = await workerProcess({ ...workersEnv, LOG_LEVEL: "trace" });
  ({ wallets, clients, identities, contracts } = await tradingPeople(t));
  openProfile(join(folder, "profile")).create({ privateKey: wallets.provider.privateKey, ...identities.provider, ringSecret: `0x${"11".repeat(32)}` });
});
after(async () => {
  await workers?.stop();
  contracts?.provider.destroy();
  await t?.stop();
  await custodians?.end();
  rmSync(folder, { recursive: true });
});

const cli = (...args: string[]): Promise<unknown> => runCommand([...args, "--json", "--api", t.url, "--profile", join(folder, "profile")], { signal: never });
const unavailable = (missing: number, ...said: string[]) => (error: unknown): boolean =>
  error instanceof AppError && error.code === "KEY_UNAVAILABLE" && error.details["missing"] === missing && said.every((each) => error.message.includes(each));

test("a record whose key custodians keep is audited, sold and opened with one of them away; the platform never has the key; one more lost, and the loss is told; erasure destroys the shares", async () => {
  const [record, form] = [join(folder, "observations.csv"), join(folder, "form.txt")];
  writeFileSync(record, table(300));
  writeFileSync(form, "The patients' consent");
  const upload = (...more: string[]): Promise<unknown> => cli("provider", "upload", record, "--legal-basis", "consent", "--evidence", form, ...more);
  for (const wrong of [["--threshold", "2-of-3"], ["--client-side", "--threshold", "4-of-3"], ["--client-side", "--custodians", "c0,nobody"]]) await assert.rejects(upload(...wrong), /BAD_INPUT|NOT_FOUND/);
  const [{ id: uploadId } = { id: "" }] = (await upload("--client-side", "--threshold", "2-of-3", "--custodians", "c2,c0,c1")) as { id: string }[];
  const sign = (data: unknown): Promise<string> => consentSigner(wallets.provider)(data);
  await publish(clients.provider, sign, { uploadId, price: 4_000_000n, purposes: ["GENERAL_RESEARCH"] });
  const { listingId } = await waitForUpload(clients.provider, uploadId, ["SUBMITTED"]);
  const listing = await waitForListing(clients.provider, listingId ?? "");

  let fileKey = new Uint8Array(0);
  const open = async (person: TradingPerson, grantId: string, kind: "ORDER" | "AUDIT", subject: string, told: string[] = []): Promise<Buffer> => {
    await waitForGrant(clients[person], grantId);
    const { identity, recipient } = identities[person];
    const delivery = await fetchDelivery(clients[person], grantId);
    const whole = await askCustodians(nodeBackend, delivery, { kind, subject, wallet: wallets[person], identity, recipient, listing, onRefusal: (name, error) => told.push(`${name}: ${error.code}`) });
    fileKey = new Uint8Array(nodeCrypto.openHeader(whole.header, [identity]));
    return Buffer.from(await collect(openDelivery(nodeBackend, whole, { identities: [identity], listing })));
  };
  for (const person of ["auditor", "second"] as const) {
    const { claimAudit: claim } = await clients[person].request(operations.claimAudit, { listingId: listing.id, seconds: 600 });
    const { requestAuditAccess: grant } = await clients[person].request(operations.requestAuditAccess, { listingId: listing.id, token: claim?.token ?? "" });
    assert.ok((await open(person, grant.id, "AUDIT", listing.id)).includes("718-7"));
    await vote(contracts, wallets[person].connect(t.provider), { listingId: listing.id, approve: true, reason: 0 });
  }
  await waitForListing(clients.buyer, listing.id, ({ tradable }) => tradable);
  await custodians.stop(2); // one is lost before the delivery, and nothing with it
  const { orderIds: [orderId = ""] } = await purchase(clients.buyer, contracts, wallets.buyer.connect(t.provider), [{ listingId: listing.id, purpose: "GENERAL_RESEARCH" }]);
  const { grant } = await waitForOrder(clients.buyer, orderId, (order) => order.grant?.status === "READY");
  const told: string[] = [];
  assert.ok((await open("buyer", grant?.id ?? "", "ORDER", orderId, told)).includes("718-7"));
  assert.ok(told.every((each) => each === "c2: CUSTODIAN_UNAVAILABLE"), told.join());
  const link = (await fetchDelivery(clients.buyer, grant?.id ?? "")).url;
  assert.equal(((await (await fetch(link)).json()) as { code: string }).code, "CONFLICT", "a plain age file it is not");

  // A custodian that forges its share is named, and counts as lost: now too few are left.
  const { custodians: places } = parseSharesDocument((await fetchDelivery(clients.buyer, grant?.id ?? "")).header);
  const { url: place = "" } = places.find(({ name }) => name === "c1") ?? {};
  await custodians.stop(1);
  await assert.rejects(open("buyer", grant?.id ?? "", "ORDER", orderId), unavailable(1, "c1: CUSTODIAN_UNAVAILABLE", "c2: CUSTODIAN_UNAVAILABLE", "1 of 2"));
  const forger = createServer((_request, response) => response.end(JSON.stringify({ index: 2, sealed: Buffer.from(sealSmall(nodeBackend, new Uint8Array(17), [identities.buyer.recipient])).toString("base64") })));
  await new Promise<void>((resolve) => forger.listen(Number(new URL(place).port), "127.0.0.1", resolve));
  await assert.rejects(open("buyer", grant?.id ?? "", "ORDER", orderId), unavailable(1, "c1: COMMITMENT_MISMATCH"));
  await new Promise((resolve) => {
    forger.close(resolve);
    forger.closeAllConnections();
  });

  // The platform's stores, beside its own keyring, hold no file key, in no form; the search finds what is there.
  const redis = new Redis(workersEnv["REDIS_URL"] ?? "");
  const dumps = { Postgres: await dumpPostgres(t.database), Redis: await dumpRedis(redis), objects: await dumpObjects(t.api.deps.objects), logs: Buffer.from(workers?.output() ?? "") };
  redis.disconnect();
  assert.equal(fileKey.length, 16);
  assert.ok(dumps.Postgres.includes("galen-shares/v1") && dumps.logs.length > 100);
  for (const [name, dump] of Object.entries(dumps)) for (const { needle } of forms("file key", fileKey)) assert.equal(dump.includes(needle), false, `the file key is in ${name}`);
  const [kept] = (await t.database.query("select kek_version, wrapped from app.record_key where record_id = $1", [uploadId])) as { kek_version: number | null; wrapped: object }[];
  assert.deepEqual([kept?.kek_version, Object.keys(kept?.wrapped ?? {}).sort()], [null, ["custodians", "eraseHash", "format", "plainSize", "record", "threshold"]]);
  const keyring = await openKeyring(workersEnv["KEYRING_FILE"] ?? "");
  assert.throws(() => nodeCrypto.openHeader(Buffer.from(JSON.stringify(kept?.wrapped)), keyring.identities.map(({ value }) => value)));

  // Erasure: while so many are away that the key is not gone, nothing is erased.
  const certificate = join(folder, "erased.json");
  const erase = (): Promise<unknown> => cli("provider", "erase", uploadId, "--certificate", certificate, "--yes");
  await assert.rejects(erase(), /CUSTODIAN_UNAVAILABLE/);
  await custodians.start(1, { rpcUrl: t.env["RPC_URL"] ?? "", deploymentFile: t.env["DEPLOYMENT_FILE"] ?? "" });
  const erased = (await erase()) as { sharesDestroyed: number; sharesLeft: string[] };
  assert.deepEqual([erased.sharesDestroyed, erased.sharesLeft], [2, ["c2: CUSTODIAN_UNAVAILABLE"]]);
  const words = JSON.parse(readFileSync(certificate, "utf8")) as { body: { recordId: string }; custodians: { body: { custodian: string } }[] };
  assert.deepEqual([words.body.recordId, words.custodians.map(({ body }) => body.custodian).sort()], [uploadId, ["c0", "c1"]]);
  await assert.rejects(fetchDelivery(clients.buyer, grant?.id ?? ""));
  // What was asked for before it was final there was refused, and asked for again.
  const log = custodians.log(0).filter(({ code }) => code !== "NOT_READY");
  assert.deepEqual([...new Set(log.map(({ event, kind }) => `${event} ${kind ?? ""}`))], ["DEPOSITED ", "RELEASED AUDIT", "RELEASED ORDER", "DESTROYED "]);
});

test("a one-time account's upload by proof of membership goes to custodians too: they release it to its buyer, and destroy it for that account alone", async () => {
  const chain = { rpcUrl: t.env["RPC_URL"] ?? "", deploymentFile: t.env["DEPLOYMENT_FILE"] ?? "" };
  await Promise.all([0, 1, 2].map(async (index) => {
    await custodians.stop(index);
    await custodians.start(index, chain);
  }));
  const secrets = [1, 2, 3].map(() => toBeHex(newRingKey().secret, 32));
  await registerRing(contracts, wallets.registrar.connect(t.provider), { ringKeys: secrets.map(ringKeyOf), quota: 5, epochSeconds: 86_400 });
  openProfile(join(folder, "member")).create({ privateKey: Wallet.createRandom().privateKey, ...nodeCrypto.generateIdentity(), ringSecret: secrets[0] ?? "" });
  const { address } = (await runCommand(["account", "one-time", join(folder, "unnamed"), "--profile", join(folder, "member"), "--json"], { signal: never })) as { address: string };
  const unnamed = (...args: string[]): Promise<unknown> => runCommand([...args, "--json", "--api", t.url, "--profile", join(folder, "unnamed")], { signal: never });
  const [record, form] = [join(folder, "unnamed.csv"), join(folder, "unnamed.txt")];
  writeFileSync(record, table(40, "Unnamed"));
  writeFileSync(form, "Consent");
  const [{ id: uploadId } = { id: "" }] = (await unnamed("provider", "upload", record, "--legal-basis", "consent", "--evidence", form, "--client-side", "--anonymous", "--threshold", "2-of-3")) as { id: string }[];
  const { listingId } = (await unnamed("provider", "publish", uploadId, "--price", "4")) as { listingId: string };
  const listing = await waitForListing(clients.buyer, listingId);
  assert.deepEqual([BigInt(listing.terms.provider), listing.terms.payee.toLowerCase()], [0n, address.toLowerCase()]);

  for (const person of ["auditor", "second"] as const) await vote(contracts, wallets[person].connect(t.provider), { listingId, approve: true, reason: 0 });
  await waitForListing(clients.buyer, listingId, ({ tradable }) => tradable);
  const { orderIds: [orderId = ""] } = await purchase(clients.buyer, contracts, wallets.buyer.connect(t.provider), [{ listingId, purpose: "GENERAL_RESEARCH" }]);
  const { grant } = await waitForOrder(clients.buyer, orderId, (order) => order.grant?.status === "READY");
  const { identity, recipient } = identities.buyer;
  const delivery = await fetchDelivery(clients.buyer, grant?.id ?? "");
  const whole = await askCustodians(nodeBackend, delivery, { kind: "ORDER", subject: orderId, wallet: wallets.buyer, identity, recipient, listing });
  assert.ok(Buffer.from(await collect(openDelivery(nodeBackend, whole, { identities: [identity], listing }))).includes("718-7"));
  await assert.rejects(cli("provider", "erase", uploadId, "--certificate", join(folder, "no.json"), "--yes"), /NOT_FOUND/);
  const { sharesDestroyed } = (await unnamed("provider", "erase", uploadId, "--certificate", join(folder, "unnamed.json"), "--yes")) as { sharesDestroyed: number };
  assert.equal(sharesDestroyed, 3);
});
