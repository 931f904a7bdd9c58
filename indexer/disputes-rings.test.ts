import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Contract, hexlify, id, randomBytes, toBeHex, TypedDataEncoder, Wallet, ZeroAddress, ZeroHash, type InterfaceAbi } from "ethers";
import pg from "pg";
import { consentTypedData } from "../api/chain/consent.js";
import { listingScope } from "../crypto/ring/challenge.js";
import { makeRing, newRingKey, ringHash, ringPoints } from "../crypto/ring/ring.js";
import { signRing } from "../crypto/ring/sign-ring.js";
import { paymentTokenAbi } from "../schema/abi/payment-token.js";
import type { ListingTerms } from "../schema/listing-terms.js";
import { Role } from "../schema/market.js";
import { withApi, type TestApi } from "../test/support/with-api.js";
import { ChainRpc } from "./chain-rpc.js";
import { selfCheck } from "./self-check.js";

let t: TestApi;
let client: pg.Client;
const [provider, buyer, auditor1, auditor2] = [1, 2, 3, 4].map(() => Wallet.createRandom()) as unknown as [Wallet, Wallet, Wallet, Wallet];
const hash = (): string => hexlify(randomBytes(32));
const far = 4_000_000_000n;
const epochLength = 10_000n;

before(async () => {
  t = await withApi();
  client = new pg.Client(t.env["DATABASE_URL"]);
  await client.connect();
  await t.accredit(provider, Role.PROVIDER);
  await t.accredit(buyer, Role.BUYER);
  await t.accredit(auditor1, Role.AUDITOR, { slot: 1 });
  await t.accredit(auditor2, Role.AUDITOR, { slot: 2 });
});
after(async () => {
  await client.end();
  await t.stop();
});

const rows = async (query: string, ...values: unknown[]): Promise<Record<string, unknown>[]> => (await client.query<Record<string, unknown>>(query, values)).rows;
const passes = async (seconds: number): Promise<void> => {
  await t.provider.send("evm_increaseTime", [seconds]);
  await t.provider.send("evm_mine", []);
};
const now = async (): Promise<bigint> => BigInt((await t.provider.getBlock("latest"))!.timestamp);
const vote = async (listingId: string, approve: boolean): Promise<void> => {
  for (const auditor of [auditor1, auditor2]) await t.send(auditor, "vote", [listingId, approve, 0]);
};

test("disputes: decided for the buyer, and left to lapse", async () => {
  const { listingId, terms } = await t.list(provider, { price: 100n });
  await vote(listingId, true);
  const token = new Contract(t.api.deps.market.deployment.token, paymentTokenAbi as InterfaceAbi, t.provider);
  const free = { type: 0, gasPrice: 0n };
  await (await (token.connect(t.wallets.treasurer.connect(t.provider)) as Contract).getFunction("mint").send(buyer.address, 1_000n, hash(), free)).wait();
  await (await (token.connect(buyer.connect(t.provider)) as Contract).getFunction("approve").send(await t.marketplace.getAddress(), 1_000n, free)).wait();
  const [won, lapsed] = [hash(), hash()];
  const orderOf = async (salt: string): Promise<string> => (await t.marketplace.getFunction("orderIdOf")(listingId, buyer.address, salt)) as string;
  for (const salt of [won, lapsed]) {
    await t.send(buyer, "purchase", [[{ listingId, purpose: 1, maxPrice: 100n, salt }]]);
    await t.send(t.wallets.deliverer, "deliver", [await orderOf(salt), hash()]);
    await t.send(buyer, "dispute", [terms, salt, 0, [ZeroHash, 0, 0, []]]);
  }
  await t.send(auditor1, "voteDispute", [await orderOf(lapsed), true, 3]);
  await t.send(auditor1, "voteDispute", [await orderOf(won), true, 3]);
  await t.send(auditor2, "voteDispute", [await orderOf(won), true, 4]);
  await passes(8 * 86_400);
  await t.send(buyer, "lapseDispute", [await orderOf(lapsed)]);

  const now = await rows("select order_id, status, votes_for_buyer, votes_for_payee, buyer, listing_id, resolved_block is not null as resolved from dispute where to_block is null order by votes_for_buyer");
  const common = { votes_for_payee: 0, buyer: buyer.address.toLowerCase(), listing_id: listingId, resolved: true };
  assert.deepEqual(now, [
    { order_id: await orderOf(lapsed), status: "FOR_PAYEE", votes_for_buyer: 1, ...common },
    { order_id: await orderOf(won), status: "FOR_BUYER", votes_for_buyer: 2, ...common },
  ]);
  assert.deepEqual(await rows("select status from dispute where order_id = $1 order by from_block", await orderOf(won)), [{ status: "OPEN" }, { status: "OPEN" }, { status: "FOR_BUYER" }]);
  assert.deepEqual(await rows("select status from trade_order where to_block is null order by status"), [{ status: "REFUNDED" }, { status: "SETTLED" }]);
  assert.deepEqual(await rows("select reason from dispute_vote order by block_number, log_index"), [{ reason: 3 }, { reason: 3 }, { reason: 4 }]);
});

test("rings: members, quota by epoch, key images that move to another listing, revocation", async () => {
  const keys = [newRingKey(), newRingKey(), newRingKey()];
  const ring = makeRing(keys.map(({ publicKey }) => publicKey));
  const ringId = hexlify(ringHash(ring));
  const market = (await t.marketplace.getAddress()).toLowerCase();
  await t.send(t.wallets.registrar, "registerRing", [ringPoints(ring), 3, epochLength]);
  const list = async (contentHash: string, previousId = ZeroHash): Promise<string> => {
    const terms: ListingTerms = {
      ...{ provider: ZeroAddress, payee: Wallet.createRandom().address, contentHash, plaintextRoot: hash(), ciphertextRoot: hash(), keyCommitment: hash() },
      ...{ metadataHash: hash(), legalEvidenceHash: hash(), previousId, dataKind: 1, region: 276 },
    };
    const listingId = (await t.marketplace.getFunction("listingIdOf")(terms)) as string;
    const offer = { price: 5n, purposes: 3n, p10: 1n, p50: 2n, p90: 3n, modelHash: id("model") };
    const { types, message } = consentTypedData(t.api.deps.market, { listingId, ...offer, deadline: far });
    const { EIP712Domain: _domain, ...own } = types;
    const context = { chainId: 31337n, market, message: TypedDataEncoder.hashStruct("ListingConsent", own, message), scope: hexlify(listingScope(market, contentHash)) };
    await t.send(t.wallets.relayer, "listAnonymously", [terms, offer, far, ringId, signRing(context, ring, keys[0]!.secret)]);
    return listingId;
  };
  const [first, second] = [hash(), hash()];
  // Both in one epoch, whatever the clock says.
  await passes(Number(epochLength - ((await now()) % epochLength)));
  const one = await list(first);
  await list(second);
  const usedAt = (await now()) / epochLength;
  const used = async (): Promise<Record<string, unknown>> => (await rows("select used, epoch, quota, members, revoked from ring where to_block is null"))[0]!;
  assert.deepEqual(await used(), { used: 2, epoch: usedAt.toString(), quota: 3, members: 3, revoked: false });
  // The auditors' accreditation is over by now: renew it.
  await t.accredit(auditor1, Role.AUDITOR, { slot: 1 });
  await t.accredit(auditor2, Role.AUDITOR, { slot: 2 });
  await vote(one, false);
  await passes(Number(epochLength));
  const again = await list(first, one);
  assert.deepEqual(await used(), { used: 1, epoch: ((await now()) / epochLength).toString(), quota: 3, members: 3, revoked: false });
  await t.send(t.wallets.registrar, "revokeRing", [ringId]);
  assert.equal((await used())["revoked"], true);

  const images = await rows("select key_image, listing_id from key_image order by block_number");
  assert.equal(images.length, 3);
  assert.equal(images[2]!["listing_id"], again);
  assert.equal(images[0]!["key_image"], images[2]!["key_image"], "the same member and content");
  assert.notEqual(images[0]!["key_image"], images[1]!["key_image"]);
  const members = await rows("select key from ring_member where ring_hash = $1 order by position", ringId);
  assert.deepEqual(members, ring.map(({ x, y }) => ({ key: toBeHex(x, 32) + toBeHex(y, 32).slice(2) })));
});

test("pauses: ended early, and ended by themselves, are in the market's clock", async () => {
  const { operator } = t.wallets;
  await t.send(operator, "pause", []);
  await passes(100);
  await t.send(operator, "unpause", []);
  const [early] = await rows("select paused_at, paused_until, stopped from market where to_block is null");
  assert.deepEqual([early!["paused_at"], early!["paused_until"]], [null, null]);
  assert.ok(Number(early!["stopped"]) >= 100 && Number(early!["stopped"]) < 200);
  await passes(3_601);
  await t.send(operator, "pause", []);
  await passes(2 * 3_600 + 10);
  await t.send(operator, "pause", []);
  const [late] = await rows("select stopped, paused_at is not null as paused from market where to_block is null");
  assert.deepEqual(late, { stopped: `${Number(early!["stopped"]) + 3_600}`, paused: true });
});

test("the self-check compares all of it with the contract at every block, and names what differs", async () => {
  const rpc = new ChainRpc(t.env["RPC_URL"]!);
  await t.untilIndexed();
  const [{ height }] = (await rows("select height from chain_status")) as [{ height: number }];
  const check = (at: number): ReturnType<typeof selfCheck> => selfCheck({ sql: client, rpc, deployment: t.api.deps.market.deployment, height: at, each: 20 });
  try {
    const { checked, mismatches } = await check(height);
    assert.deepEqual(mismatches, []);
    const [{ participants }] = (await rows("select count(*)::integer as participants from participant where to_block is null")) as [{ participants: number }];
    // listings, orders, disputes, ring, key images, the market's three views, the last access told
    assert.equal(checked, participants + 4 + 2 + 2 + 1 + 2 + 3 + 1, "rows that were compared");
    for (const { number } of (await rows("select number from block order by number")) as { number: number }[]) assert.deepEqual((await check(number)).mismatches, [], `as of block ${number}`);
    const spoil: Record<string, string> = {
      dispute: "dispute set buyer = listing_id",
      ring: "ring set used = used + 1",
      "ring ": "ring_member set key = '0x' || repeat('1', 128) where position = 1",
      "ring 0": "ring set revoked = not revoked, quota = 9",
      key_image: "key_image set listing_id = ring_hash",
      "market (marketTime)": "market set stopped = stopped + 1",
      "market (paused)": "market set paused_until = 0",
      "market (authority)": "market set authority = ''",
    };
    for (const [row, change] of Object.entries(spoil)) {
      await client.query("begin");
      await client.query(`update ${change}`);
      const found = (await check(height)).mismatches;
      await client.query("rollback");
      assert.ok(found.some((text) => text.startsWith(row)), `${change}: ${found.join()}`);
    }
  } finally {
    rpc.close();
  }
});
