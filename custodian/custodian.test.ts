import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { AbiCoder, Contract, id, keccak256, Wallet, ZeroHash } from "ethers";
import { send, type Contracts } from "../client/contracts.js";
import { nodeBackend } from "../crypto/backend/node.js";
import { claimText, verifyDestruction, type ShareClaim } from "../crypto/custody/custodian-messages.js";
import { sharedRecordOf } from "../crypto/custody/shared-record.js";
import { encodeSharesDocument } from "../crypto/custody/shares-document.js";
import { checkShare, splitKey, type DepositedShare } from "../crypto/custody/threshold.js";
import { sealSmall } from "../crypto/envelope/small-file.js";
import { nodeCrypto } from "../crypto/node.js";
import { recipientCommitment } from "../crypto/recipient.js";
import { connectChain } from "../platform/chain/connect-chain.js";
import { readDeployment } from "../platform/chain/deployment.js";
import { paymentTokenAbi } from "../schema/abi/payment-token.js";
import { AppError } from "../schema/errors.js";
import type { ListingTerms } from "../schema/listing-terms.js";
import { ParticipantKind, Role } from "../schema/market.js";
import { withApi, type TestApi, type TestWallet } from "../test/support/with-api.js";
import { openChainView } from "./chain-view.js";
import { createCustodian, type CustodianService } from "./custodian.js";
import { openIdentity, type CustodianIdentity } from "./identity.js";
import { openLog, verifyLog, type CustodianLog } from "./log.js";
import { openShares } from "./shares.js";

/** Blocks that a delivery waits here until it is final: enough that the test comes first. */
const depth = 6;
const folder = mkdtempSync(join(tmpdir(), "galen-custodian-"));
let t: TestApi;
let identity: CustodianIdentity;
let log: CustodianLog | undefined;
let custodian: CustodianService;
let marketplace: Contracts["marketplace"];
const people = {} as Record<"provider" | "buyer" | "auditor" | "other", TestWallet>;
const keys = {} as Record<keyof typeof people, { identity: string; recipient: string }>;
let terms: ListingTerms;
let listingId: string;

before(async () => {
  t = await withApi();
  const deployment = readDeployment(t.env["DEPLOYMENT_FILE"] ?? "");
  marketplace = t.marketplace as Contracts["marketplace"];
  for (const [name, roles] of [["provider", Role.PROVIDER], ["buyer", Role.BUYER], ["auditor", Role.AUDITOR], ["other", Role.AUDITOR | Role.BUYER]] as const) {
    people[name] = Wallet.createRandom(t.provider);
    keys[name] = nodeCrypto.generateIdentity();
    const registration = { account: people[name].address, institution: id(name), roles, kind: ParticipantKind.HOSPITAL, auditorSlot: roles & Role.AUDITOR ? (name === "other" ? 1 : 0) : 0, validUntil: 4_000_000_000, credentialCommitment: id(name), recipientCommitment: recipientCommitment(keys[name].recipient) };
    await t.send(t.wallets.registrar, "registerParticipants", [[registration]]);
  }
  const token = new Contract(deployment.token, paymentTokenAbi, t.provider);
  await send(token, t.wallets.treasurer as Wallet, "mint", [people.buyer.address, 10_000_000n, id("wire")]);
  await send(token, people.buyer, "approve", [deployment.marketplace, 10_000_000n]);
  ({ listingId, terms } = await t.list(people.provider));
  identity = await openIdentity(folder, { name: "c0", url: "http://127.0.0.1:4100" });
  const opened = (log = openLog(join(folder, "log.jsonl"), identity.seed, Buffer.from(identity.told.publicKey, "base64")));
  const provider = await connectChain({ rpcUrl: t.env["RPC_URL"] ?? "", deployment });
  chainEnds = () => provider.destroy();
  custodian = createCustodian({ identity, chain: openChainView(provider, deployment, depth), shares: openShares(join(folder, "shares")), log: opened, unlistedDays: 0 });
});
let chainEnds = (): void => undefined;
after(async () => {
  chainEnds();
  log?.close();
  await t.stop();
  rmSync(folder, { recursive: true });
});

const code = (wanted: string) => (error: unknown): boolean => error instanceof AppError && error.code === wanted;
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

interface Made { share: DepositedShare; token: string; deposit: { document: string; index: number; sealed: string } }
/** A record's key in two shares, of which the first is this custodian's. */
async function make(of: ListingTerms): Promise<Made> {
  const record = sharedRecordOf(nodeBackend, of);
  const { shares } = await splitKey(nodeBackend, record, nodeCrypto.newFileKey(), [identity.told.recipient, keys.other.recipient], 2);
  const token = randomBytes(32);
  const custodians = shares.map(({ commitment }, index) => ({ name: `c${index}`, url: `http://127.0.0.1:${4100 + index}`, commitment }));
  const document = encodeSharesDocument({ format: "galen-shares/v1", record, plainSize: 100, threshold: 2, eraseHash: `0x${createHash("sha256").update(token).digest("hex")}`, custodians });
  const share = shares[0] as DepositedShare;
  return { share, token: `0x${token.toString("hex")}`, deposit: { document: base64(document), index: 0, sealed: base64(share.sealed) } };
}
async function claim(share: string, of: Partial<ShareClaim> & Pick<ShareClaim, "kind" | "subject">, by: keyof typeof people, signer = by): Promise<Awaited<ReturnType<CustodianService["release"]>>> {
  const body: ShareClaim = { share, account: people[by].address, recipient: keys[by].recipient, at: new Date().toISOString(), ...of };
  return custodian.release({ claim: body, signature: await people[signer].signMessage(claimText(body)) });
}
const orderIdOf = (listing: string, buyer: string, salt: string): string => keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "address", "bytes32"], [listing, buyer, salt]));
const mine = (): Promise<unknown> => t.provider.send("anvil_mine", [`0x${(depth + 1).toString(16)}`]);

test("a share is released for an order that is paid, delivered and final, to the buyer's own recipient, and for nothing else", async () => {
  const made = await make(terms);
  const { commitment } = made.share;
  await assert.rejects(claim(commitment, { kind: "AUDIT", subject: listingId }, "auditor"), code("NOT_FOUND"), "not deposited");
  await custodian.deposit(made.deposit);
  await custodian.deposit(made.deposit);
  await assert.rejects(claim(commitment, { kind: "AUDIT", subject: listingId }, "auditor"), code("NOT_READY"), "the listing is not final");
  await mine();
  const opened = async (of: Parameters<typeof claim>[1], by: keyof typeof people): Promise<void> => {
    const { sealed, index } = await claim(commitment, of, by);
    assert.equal(checkShare(nodeBackend, { recordId: made.share.recordId, index, commitment, sealed: Buffer.from(sealed, "base64") }, keys[by].identity).length > 17, true);
  };
  await opened({ kind: "AUDIT", subject: listingId }, "auditor");
  await opened({ kind: "OWN", subject: listingId }, "provider");
  await assert.rejects(claim(commitment, { kind: "AUDIT", subject: listingId }, "buyer"), code("NOT_ACCREDITED"));
  await assert.rejects(claim(commitment, { kind: "OWN", subject: listingId }, "other"), code("FORBIDDEN"));
  await assert.rejects(claim(commitment, { kind: "AUDIT", subject: listingId, recipient: keys.other.recipient }, "auditor"), code("FORBIDDEN"), "another recipient");
  await assert.rejects(claim(commitment, { kind: "AUDIT", subject: listingId }, "auditor", "other"), code("UNAUTHENTICATED"));
  await assert.rejects(claim(commitment, { kind: "AUDIT", subject: listingId, at: new Date(Date.now() - 3_600_000).toISOString() }, "auditor"), code("UNAUTHENTICATED"), "an old claim");

  for (const auditor of ["auditor", "other"] as const) await send(marketplace, people[auditor], "vote", [listingId, true, 0]);
  const buy = async (salt: string): Promise<string> => {
    await send(marketplace, people.buyer, "purchase", [[{ listingId, maxPrice: 5_000_000n, purpose: 1, salt }]]);
    return orderIdOf(listingId, people.buyer.address, salt);
  };
  const [bought, refunded] = [await buy(ZeroHash), await buy(id("refunded"))];
  await assert.rejects(claim(commitment, { kind: "ORDER", subject: bought }, "buyer"), code("NOT_READY"), "the payment is not final");
  await mine();
  await assert.rejects(claim(commitment, { kind: "ORDER", subject: bought }, "buyer"), code("NOT_READY"), "paid, not delivered");
  await send(marketplace, t.wallets.deliverer as Wallet, "deliver", [bought, id("delivery")]);
  await assert.rejects(claim(commitment, { kind: "ORDER", subject: bought }, "buyer"), code("NOT_READY"), "the delivery is not final");
  await mine();
  await opened({ kind: "ORDER", subject: bought }, "buyer");
  await assert.rejects(claim(commitment, { kind: "ORDER", subject: bought }, "other"), code("FORBIDDEN"), "another buyer");
  await assert.rejects(claim(commitment, { kind: "ORDER", subject: bought, recipient: keys.other.recipient }, "buyer"), code("FORBIDDEN"), "another recipient");
  await assert.rejects(claim(commitment, { kind: "ORDER", subject: id("unpaid") }, "buyer"), code("NOT_FOUND"));

  // Somebody sells a record of their own, and passes another's share off as its key.
  const theirs = await t.list(people.provider);
  await mine();
  await assert.rejects(claim(commitment, { kind: "OWN", subject: theirs.listingId }, "provider"), code("CONFLICT"), "another record");
  const copied = await make(theirs.terms);
  const passedOff = JSON.parse(Buffer.from(copied.deposit.document, "base64").toString()) as { custodians: { commitment: string }[] };
  (passedOff.custodians[0] as { commitment: string }).commitment = commitment;
  await assert.rejects(custodian.deposit({ document: base64(encodeSharesDocument(passedOff as never)), index: 0, sealed: made.deposit.sealed }), code("COMMITMENT_MISMATCH"));

  await t.provider.send("evm_increaseTime", [7_200]);
  await t.provider.send("evm_mine", []);
  await send(marketplace, people.other, "refund", [listingId, people.buyer.address, id("refunded")]);
  await assert.rejects(claim(commitment, { kind: "ORDER", subject: refunded }, "buyer"), code("CONFLICT"), "refunded, before that is final");
  await t.send(t.wallets.registrar, "revokeParticipants", [[people.buyer.address]]);
  await assert.rejects(claim(commitment, { kind: "ORDER", subject: bought }, "buyer"), code("NOT_ACCREDITED"), "revoked");
});

test("who deposits is held to the form, and to a share that this custodian can open", async () => {
  const made = await make(terms);
  for (const [what, body, wanted] of [
    ["a field more", { ...made.deposit, more: 1 }, "BAD_INPUT"],
    ["no document", { ...made.deposit, document: base64(Buffer.from("{}")) }, "ENVELOPE_MALFORMED"],
    ["a document in another form", { ...made.deposit, document: base64(Buffer.from(`${Buffer.from(made.deposit.document, "base64").toString()} `)) }, "ENVELOPE_MALFORMED"],
    ["another custodian's number", { ...made.deposit, index: 1 }, "COMMITMENT_MISMATCH"],
    ["no such number", { ...made.deposit, index: 7 }, "BAD_INPUT"],
    ["for another identity", { ...made.deposit, sealed: base64(sealSmall(nodeBackend, new Uint8Array(17), [keys.buyer.recipient])) }, "DECRYPTION_FAILED"],
    ["a forged share", { ...made.deposit, sealed: base64(sealSmall(nodeBackend, new Uint8Array(100), [identity.told.recipient])) }, "COMMITMENT_MISMATCH"],
    ["too much", { ...made.deposit, sealed: base64(new Uint8Array(9_000)) }, "BAD_INPUT"],
  ] as const) await assert.rejects(custodian.deposit(body), code(wanted), what);
});

test("what is destroyed is gone, comes back no more, and is certified; what was never listed goes by itself", async () => {
  const [made, unlisted] = [await make(terms), await make({ ...terms, contentHash: id("never listed") })];
  const { commitment: share } = made.share;
  await custodian.deposit(made.deposit);
  await custodian.deposit(unlisted.deposit);
  assert.throws(() => custodian.destroy({ share, token: ZeroHash }), code("FORBIDDEN"));
  await mine();
  assert.equal(await custodian.sweep(), 1, "the listed ones stay");
  await assert.rejects(claim(unlisted.share.commitment, { kind: "OWN", subject: listingId }, "provider"), code("KEY_UNAVAILABLE"));
  const certificate = custodian.destroy({ share, token: made.token });
  assert.equal(verifyDestruction(nodeBackend, certificate, [Buffer.from(identity.told.publicKey, "base64")]).share, share);
  assert.deepEqual(custodian.destroy({ share, token: made.token }), certificate);
  await assert.rejects(custodian.deposit(made.deposit), code("KEY_UNAVAILABLE"));
  await assert.rejects(claim(share, { kind: "OWN", subject: listingId }, "provider"), code("KEY_UNAVAILABLE"));
});

test("the log tells every release and refusal, survives a cut line, and shows what was changed", () => {
  const path = join(folder, "log.jsonl");
  const publicKey = Buffer.from(identity.told.publicKey, "base64");
  const { entries } = verifyLog(readFileSync(path, "utf8"), publicKey);
  const count = (event: string, wanted?: string): number => entries.filter((entry) => entry.event === event && (wanted === undefined || entry.code === wanted)).length;
  assert.deepEqual([count("RELEASED"), count("DEPOSITED"), count("EXPIRED"), count("DESTROYED")], [3, 3, 1, 1]);
  assert.ok(count("REFUSED", "NOT_READY") === 4 && count("REFUSED", "CONFLICT") === 2 && count("REFUSED", "FORBIDDEN") === 4);
  assert.equal(statSync(join(folder, "keyring.json")).mode & 0o077, 0);
  appendFileSync(path, '{"body":{"seq":');
  const again = openLog(path, identity.seed, publicKey);
  again.append({ event: "DEPOSITED", share: ZeroHash });
  again.close();
  const lines = readFileSync(path, "utf8").split("\n");
  assert.equal(verifyLog(lines.join("\n"), publicKey).entries.length, entries.length + 1);
  for (const changed of [lines.toSpliced(2, 1), lines.with(3, (lines[3] ?? "").replace("galen", "galon").replace(/"at":"20/, '"at":"19'))]) {
    assert.throws(() => verifyLog(changed.join("\n"), publicKey), code("COMMITMENT_MISMATCH"));
    writeFileSync(path, changed.join("\n"));
    assert.throws(() => openLog(path, identity.seed, publicKey), code("COMMITMENT_MISMATCH"));
  }
});
