import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { AbiCoder, getBytes, hexlify, id, toBeHex, Wallet } from "ethers";
import { Redis } from "ioredis";
import { consentTypedData } from "../api/chain/consent.js";
import { bytesSource, collect } from "../records/index.js";
import {
  consentSigner, createClient, prepareRecord, publish, ringUploadProof, sealEvidence, sendEvidence, sendStatement, uploadFile, waitForListing, waitForUpload, openContracts, operations, registerRing, ringKeyOf, ringProof, signIn, type Contracts, type GalenClient,
} from "../client/index.js";
import { nodeCrypto } from "../crypto/node.js";
import { newRingKey } from "../crypto/ring/ring.js";
import { startChild } from "../platform/embedded/child.js";
import { openFolderStore } from "../platform/objects/folder-store.js";
import type { ObjectStore } from "../platform/objects/object-store.js";
import { runCommand } from "../cli/demo/command.js";
import { openProfile } from "../cli/user/profile.js";
import { nodeBackend } from "../crypto/backend/node.js";
import { AppError } from "../schema/errors.js";
import { ParticipantKind, Purpose, Role } from "../schema/market.js";
import { listingIdOf } from "../schema/listing-id.js";
import type { ListingTerms } from "../schema/listing-terms.js";
import { ringProofTypes } from "../schema/ring-proof.js";
import { encodeListAnonymously } from "../workers/listing-terms.js";
import type { Offer } from "../schema/offer.js";
import { dumpObjects, dumpPostgres, dumpRedis } from "./support/dumps.js";
import { withApi, type TestApi } from "./support/with-api.js";
import { table } from "./support/workers/samples.js";
import { until, workerProcess } from "./support/workers/worker-process.js";

let t: TestApi;
let contracts: Contracts;
const hospitals = Array.from({ length: 4 }, () => ({ wallet: Wallet.createRandom(), ringSecret: toBeHex(newRingKey().secret, 32) }));
const [member, other] = hospitals as [(typeof hospitals)[0], (typeof hospitals)[0]];
const clients = new Map<string, GalenClient>();
const clientOf = (wallet: { address: string }): GalenClient => clients.get(wallet.address) as GalenClient;

const hasCode = (code: string, about = "") => (error: unknown) => error instanceof AppError && error.code === code && error.message.includes(about);
const hash = (): string => hexlify(randomBytes(32));
const farFuture = 4_000_000_000;

before(async () => {
  t = await withApi();
  for (const wallet of [...hospitals.map((each) => each.wallet), t.wallets.registrar]) {
    const client = createClient({ apiUrl: t.url });
    await signIn(client, wallet);
    clients.set(wallet.address, client);
  }
  contracts = await openContracts(clientOf(t.wallets.registrar));
});
after(async () => {
  contracts.provider.destroy();
  await t.stop();
});

const application = (ringKey: string): operations.ApplicationInput => ({
  roles: ["PROVIDER"], kind: "HOSPITAL", institutionName: "A hospital", credential: "licence", recipient: nodeCrypto.generateIdentity().recipient, ringKey,
});

test("ring keys come with the application, and only the registrar sees whose they are", async () => {
  const client = clientOf(member.wallet);
  for (const wrong of ["0x12", `0x${"00".repeat(64)}`, `0x${"01".repeat(64)}`]) {
    await assert.rejects(client.request(operations.applyForAccreditation, { input: application(wrong) }), hasCode("BAD_INPUT", "ringKey"));
  }
  const registrations = [];
  for (const { wallet, ringSecret } of hospitals) {
    const { applyForAccreditation: made } = await clientOf(wallet).request(operations.applyForAccreditation, { input: application(ringKeyOf(ringSecret)) });
    const { account, institution, credentialCommitment, recipientCommitment } = made;
    registrations.push({ account, institution, roles: Role.PROVIDER, kind: ParticipantKind.HOSPITAL, auditorSlot: 0, validUntil: farFuture, credentialCommitment, recipientCommitment });
  }
  const registrar = clientOf(t.wallets.registrar);
  assert.deepEqual((await registrar.request(operations.ringCandidates, {})).ringCandidates, [], "nobody before accreditation");
  await t.send(t.wallets.registrar, "registerParticipants", [registrations]);
  const { ringCandidates } = await registrar.request(operations.ringCandidates, {});
  assert.deepEqual(new Set(ringCandidates.map(({ ringKey }) => ringKey)), new Set(hospitals.map(({ ringSecret }) => ringKeyOf(ringSecret))));
  await assert.rejects(client.request(operations.ringCandidates, {}), hasCode("FORBIDDEN"));
});

test("an anonymous upload names a one-time payee", async () => {
  const client = clientOf(member.wallet);
  const input = { size: "10", region: 276, legalBasis: "CONSENT" as const, legalEvidenceHash: hash(), anonymous: true };
  await assert.rejects(client.request(operations.createUpload, { input }), hasCode("BAD_INPUT", "payee"));
  await assert.rejects(client.request(operations.createUpload, { input: { ...input, payee: member.wallet.address } }), hasCode("BAD_INPUT", "payee"));
  const { createUpload } = await client.request(operations.createUpload, { input: { ...input, payee: Wallet.createRandom().address } });
  assert.equal(createUpload.anonymous, true);
});

const termsOf = (contentHash: string): ListingTerms => ({
  provider: `0x${"00".repeat(20)}`, payee: Wallet.createRandom().address, contentHash, plaintextRoot: hash(), ciphertextRoot: hash(), keyCommitment: hash(),
  metadataHash: hash(), legalEvidenceHash: hash(), previousId: `0x${"00".repeat(32)}`, dataKind: 4, region: 276,
});
const offer: Offer = { price: 5_000_000n, purposes: Purpose.GENERAL_RESEARCH, p10: 1n, p50: 2n, p90: 3n, modelHash: id("model") };

/** Proof and call data of an anonymous listing, as client and worker make them. */
async function prepare(secret: string, terms: ListingTerms): Promise<{ proof: string; data: string }> {
  const deadline = BigInt(Math.floor(Date.now() / 1000) + 600);
  const consent = consentTypedData(t.api.deps.market, { listingId: listingIdOf(terms), price: offer.price, purposes: BigInt(offer.purposes), deadline });
  const proof = await ringProof(contracts, secret, { consent, contentHash: terms.contentHash });
  return { proof, data: encodeListAnonymously(contracts.marketplace.interface, terms, offer, deadline, proof) };
}
const submit = async (data: string): Promise<void> => {
  const sent = await t.wallets.relayer.connect(t.provider).sendTransaction({ to: await contracts.marketplace.getAddress(), data, type: 0, gasPrice: 0n });
  assert.equal((await sent.wait())?.status, 1);
};
const refusalOf = async (data: string): Promise<string> => {
  try {
    await t.provider.call({ from: t.wallets.relayer.address, to: await contracts.marketplace.getAddress(), data });
    return "";
  } catch (error) {
    return contracts.marketplace.interface.parseError(getBytes((error as { data: string }).data))?.name ?? "unknown";
  }
};

test("the contract takes a member's proof once a content, and nobody else's", async () => {
  await assert.rejects(prepare(member.ringSecret, termsOf(hash())), hasCode("NOT_ACCREDITED"), "no ring is open yet");
  const registrar = t.wallets.registrar.connect(t.provider);
  await registerRing(contracts, registrar, { ringKeys: hospitals.map(({ ringSecret }) => ringKeyOf(ringSecret)), quota: 10, epochSeconds: 86_400 });
  const contentHash = hash();
  const terms = termsOf(contentHash);
  const { proof, data } = await prepare(member.ringSecret, terms);
  await submit(data);
  await t.untilIndexed();
  const { listing } = await createClient({ apiUrl: t.url }).request(operations.listing, { id: listingIdOf(terms) });
  assert.equal(listing?.status, "PENDING");
  assert.equal(BigInt(listing.terms.provider), 0n);

  const again = await prepare(member.ringSecret, termsOf(contentHash));
  assert.equal(await refusalOf(again.data), "KeyImageUsed", "the same member, the same content");
  const elsewhere = await prepare(other.ringSecret, termsOf(contentHash));
  assert.equal(await refusalOf(elsewhere.data), "", "another member has another key image");
  const stranger = toBeHex(newRingKey().secret, 32);
  await assert.rejects(prepare(stranger, termsOf(hash())), hasCode("NOT_ACCREDITED"));

  const [ringHash, signature] = AbiCoder.defaultAbiCoder().decode(ringProofTypes, proof) as unknown as [string, [bigint, bigint, bigint, bigint[]]];
  const forged = AbiCoder.defaultAbiCoder().encode(ringProofTypes, [ringHash, [signature[0], signature[1], signature[2], [...signature[3]].reverse()]]);
  const moved = termsOf(contentHash);
  assert.equal(await refusalOf(encodeListAnonymously(contracts.marketplace.interface, moved, offer, BigInt(farFuture), forged)), "InvalidRingSignature");
});

/** Names of things, as long as no two things share one: addresses, hashes, keys (also inside calldata), UUIDs. Small numbers are none. */
function namesIn(text: string): Set<string> {
  const found = new Set<string>();
  for (const uuid of text.match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi) ?? []) found.add(uuid.toLowerCase());
  for (const [digits] of text.matchAll(/[0-9a-f]{40,}/gi)) {
    const hex = digits.toLowerCase();
    if (hex.length === 40) found.add(hex);
    // Calldata: a selector perhaps, and words.
    for (let at = hex.length % 64; at + 64 <= hex.length; at += 64) {
      const word = hex.slice(at, at + 64);
      found.add(word.startsWith("0".repeat(24)) ? word.slice(24) : word);
    }
  }
  return new Set([...found].filter((name) => !name.startsWith("0".repeat(8))));
}

let objects: ObjectStore;

async function redisNow(): Promise<string> {
  const redis = new Redis(t.env["REDIS_URL"] ?? "");
  const dump = await dumpRedis(redis);
  redis.disconnect();
  return dump.toString("latin1");
}
const postgresNow = async (): Promise<string> => (await dumpPostgres(t.database)).toString("latin1");
const objectsNow = async (): Promise<string> => (await dumpObjects(objects)).toString("latin1");
async function chainNow(): Promise<string> {
  const head = await t.provider.getBlockNumber();
  const blocks = Array.from({ length: head }, (_unused, index) => `0x${(index + 1).toString(16)}`);
  return JSON.stringify(await Promise.all(blocks.flatMap((number) => [t.provider.send("eth_getBlockByNumber", [number, true]), t.provider.send("eth_getBlockReceipts", [number])])));
}

test("a client-side upload by proof of membership, and its listing, share no name with what was known of anybody", { timeout: 240_000 }, async () => {
  const home = mkdtempSync(join(tmpdir(), "galen-anonymous-"));
  objects = await openFolderStore(fileURLToPath(t.env["OBJECT_STORE_URL"] ?? ""));
  // The api in a process of its own, which logs all that it can.
  await t.stopApi();
  const logFile = join(home, "api.log");
  const api = await startChild({ name: "api", command: process.execPath, args: [fileURLToPath(new URL("../api/main.js", import.meta.url))], env: { ...t.env, LOG_LEVEL: "trace" }, logFile });
  const workers = await workerProcess({ ...t.workersEnv, LOG_LEVEL: "trace" });
  const logs = (): string[] => [readFileSync(logFile, "latin1"), workers.output()];
  try {
    await until("the api", () => fetch(`${t.url}/graphql`, { method: "POST", headers: { "content-type": "application/json" }, body: '{"query":"{ __typename }"}' }).then(({ ok }) => ok, () => false), 60_000);
    /** All that the platform and the chain hold of whomever, and what the services wrote of it. */
    const known = namesIn([await postgresNow(), await redisNow(), await objectsNow(), await chainNow(), ...logs()].join("\n"));

    const before = logs().map(({ length }) => length);

    const oneTime = Wallet.createRandom();
    const client = createClient({ apiUrl: t.url });
    await signIn(client, oneTime);
    let sealed = new Uint8Array(0);
    const store = {
      async write(bytes: AsyncIterable<Uint8Array>) {
        sealed = new Uint8Array(await collect(bytes));
      },
      open: () => bytesSource(sealed)(),
    };
    const { custodyRecipient } = await client.request(operations.custodyRecipient, {});
    const prepared = await prepareRecord(nodeBackend, bytesSource(table(20)), { store, custody: { recipient: custodyRecipient.recipient }, secret: new Uint8Array(randomBytes(32)) });
    const evidence = sealEvidence(nodeBackend, Buffer.from("The patients' consent"));
    const input = { size: String(prepared.storedSize), region: 276, legalBasis: "CONSENT" as const, legalEvidenceHash: evidence.hash, anonymous: true, mode: "CLIENT_SIDE" as const };
    const proof = (slot: number, account = oneTime.address, secret = member.ringSecret): Promise<string> => ringUploadProof(contracts, secret, { account, slot });
    const create = (ringProof: string, more: object = {}) => client.request(operations.createAnonymousUpload, { input: { ...input, ...more }, ringProof });
    await assert.rejects(client.request(operations.createUpload, { input: { ...input, payee: Wallet.createRandom().address } }), hasCode("NOT_ACCREDITED"), "without a proof");
    await assert.rejects(create(await proof(0), { mode: "PLATFORM" }), hasCode("BAD_INPUT", "client-side"));
    await assert.rejects(create("0x12"), hasCode("BAD_INPUT", "abi.encode"));
    await assert.rejects(create(await proof(10)), hasCode("BAD_INPUT", "slots"));
    await assert.rejects(create(await proof(0, Wallet.createRandom().address)), hasCode("NOT_ACCREDITED", "for this account"), "another's proof");
    const { createAnonymousUpload: upload } = await create(await proof(0));
    await assert.rejects(create(await proof(0)), hasCode("CONFLICT", "slot"), "one upload a slot");

    await sendEvidence(client, upload.evidenceUrl, evidence.sealed);
    await sendStatement(client, consentSigner(oneTime), upload.id, prepared);
    await uploadFile(client, { uploadUrl: upload.uploadUrl, body: sealed });
    const { contentHash, listingId } = await waitForUpload(client, upload.id, ["STORED"]);
    await publish(client, (consent) => ringProof(contracts, member.ringSecret, { consent, contentHash: contentHash ?? "" }), { uploadId: upload.id, price: 4_000_000n, purposes: ["GENERAL_RESEARCH"] });
    const listing = await waitForListing(client, listingId ?? "");
    assert.equal(listing.status, "PENDING");
    assert.equal(BigInt(listing.terms.provider), 0n);

    // What came since, and was there before: names of what everybody has in common, and no more.
    const ring = (await t.database.query("select hash from public.ring")) as { hash: string }[];
    const keys = hospitals.map(({ ringSecret }) => ringKeyOf(ringSecret).slice(2));
    const shared = namesIn([
      JSON.stringify(t.api.deps.market.deployment), ...Object.values(t.wallets).map(({ address }) => address), ...ring.map(({ hash: name }) => name), ...keys, custodyRecipient.recipient,
    ].join("\n"));
    const own = [upload.id, oneTime.address.slice(2).toLowerCase(), listing.id.slice(2), (contentHash ?? "").slice(2)];
    const about = (text: string): string => text.split("\n").filter((line) => own.some((name) => line.toLowerCase().includes(name))).join("\n");
    const bridges = (text: string): string[] => [...namesIn(text)].filter((name) => known.has(name) && !shared.has(name));
    const { data, from } = (await t.provider.getTransaction(listing.transactionHash))!;
    const places: Record<string, string> = { "its rows": about(await postgresNow()), "the logs, all since": logs().map((log, index) => log.slice(before[index])).join("\n"), "the objects, all its own": await objectsNow(), Redis: await redisNow(), "its transaction": `${from} ${data}` };
    for (const [place, text] of Object.entries(places)) assert.deepEqual(bridges(text), [], place);
    // The searches find what is there: each name of its own, and an owner who signed in by name.
    for (const name of own) assert.ok(namesIn(places["its rows"] ?? "").has(name), name);
    assert.ok(namesIn(data).has(own[3] ?? "") && places["the objects, all its own"]?.includes("metadata/"));
    assert.match(logs().join("\n"), /"msg":"ready".*"msg":"workers are ready"/s, "logs are read");
    await t.database.query("update app.upload set owner = $2 where id = $1", [upload.id, member.wallet.address.toLowerCase()]);
    assert.deepEqual(bridges(about(await postgresNow())), [member.wallet.address.slice(2).toLowerCase()]);

    // The same by the command line: a profile for this listing alone.
    const write = (name: string, text: string | Uint8Array): string => {
      writeFileSync(join(home, name), text);
      return join(home, name);
    };
    const never = new AbortController().signal;
    openProfile(join(home, "hospital")).create({ privateKey: other.wallet.privateKey, ...nodeCrypto.generateIdentity(), ringSecret: other.ringSecret });
    const { address } = (await runCommand(["account", "one-time", join(home, "unnamed"), "--profile", join(home, "hospital"), "--json"], { signal: never })) as { address: string };
    const upload2 = ["provider", "upload", write("table.csv", table(30, "Other")), "--legal-basis", "consent", "--evidence", write("form.txt", "Consent"), "--api", t.url, "--profile", join(home, "unnamed"), "--json"];
    await assert.rejects(runCommand(upload2, { signal: never }), { code: "BAD_INPUT" });
    const [sent] = (await runCommand([...upload2, "--client-side", "--anonymous"], { signal: never })) as { id: string }[];
    const { listingId: second } = (await runCommand(["provider", "publish", sent?.id ?? "", "--api", t.url, "--profile", join(home, "unnamed"), "--json"], { signal: never })) as { listingId: string };
    const { terms } = await waitForListing(client, second);
    assert.deepEqual([terms.provider, terms.payee.toLowerCase()], [`0x${"00".repeat(20)}`, address.toLowerCase()]);

    // By name, with a look at the report before it goes on: one upload is approved, the other taken back.
    const named = (...words: string[]): Promise<unknown> => runCommand(["provider", ...words, "--api", t.url, "--profile", join(home, "hospital"), "--json"], { signal: never });
    const waiting: string[] = [];
    for (const name of ["First", "Second"]) {
      const [told] = (await named("upload", write(`${name}.csv`, table(30, name)), "--legal-basis", "consent", "--evidence", join(home, "form.txt"), "--review")) as { id: string; status: string }[];
      assert.equal(told?.status, "CHECKED");
      waiting.push(told.id);
    }
    const [approved, discarded] = waiting as [string, string];
    const { report } = (await named("report", approved)) as { report: { records: number; rules: unknown[] } };
    assert.ok(report.records === 30 && report.rules.length > 0);
    assert.equal(((await named("approve", approved)) as { status: string }).status, "STORED");
    assert.equal(((await named("approve", approved)) as { status: string }).status, "STORED", "again");
    assert.equal(((await named("discard", discarded)) as { status: string }).status, "WITHDRAWN");

    // All of a ring together begin as many as it may list; and whoever sends proofs without end is stopped.
    for (let slot = 1; slot < 9; slot++) await create(await proof(slot));
    const late = await proof(0, oneTime.address, hospitals[2]?.ringSecret);
    await assert.rejects(create(late), hasCode("QUOTA_EXCEEDED"));
    await assert.rejects(async () => {
      for (let attempt = 0; attempt < 45; attempt++) await assert.rejects(create(late), hasCode("QUOTA_EXCEEDED"));
    }, (error: unknown) => (error as { actual?: { code?: string } }).actual?.code === "RATE_LIMITED" || hasCode("RATE_LIMITED")(error));
  } finally {
    await workers.stop();
    await api.stop();
    rmSync(home, { recursive: true, force: true });
  }
});
