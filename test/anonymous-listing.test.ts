import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { AbiCoder, getBytes, hexlify, id, toBeHex, Wallet } from "ethers";
import { consentTypedData } from "../api/chain/consent.js";
import { createClient, openContracts, operations, registerRing, ringKeyOf, ringProof, signIn, type Contracts, type GalenClient } from "../client/index.js";
import { nodeCrypto } from "../crypto/node.js";
import { newRingKey } from "../crypto/ring/ring.js";
import { AppError } from "../schema/errors.js";
import { ParticipantKind, Purpose, Role } from "../schema/market.js";
import type { ListingTerms } from "../schema/listing-terms.js";
import { ringProofTypes } from "../schema/ring-proof.js";
import { encodeListAnonymously, listingIdOf } from "../workers/listing-terms.js";
import type { Offer } from "../schema/offer.js";
import { withApi, type TestApi } from "./support/with-api.js";

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
