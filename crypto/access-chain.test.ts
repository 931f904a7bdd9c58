import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { accessGenesis, type AccessEntry, accessRecordHash, encodeAccessEntry } from "./access-chain.js";
import { contentHash } from "./content-hash.js";
import { deliveryCommitment } from "./delivery-commitment.js";
import { backends } from "./envelope/test-helpers.js";

const entry = (seq: number): AccessEntry => ({
  seq: String(seq), at: "2026-11-23T02:00:00.123Z", account: "0x00000000000000000000000000000000000000aa", action: "RANGE", outcome: "SERVED",
  grantId: "6b1f0a52-0000-4000-8000-000000000001", listingId: `0x${"12".repeat(32)}`, orderId: null, firstByte: "0", lastByte: "9007199254740993", salt: null,
});
const salt = "00112233445566778899aabbccddeeff";
const salted = (seq: number): AccessEntry => ({ ...entry(seq), salt });

describe("access chain", () => {
  const chain = (entries: readonly AccessEntry[]) => entries.reduce<string[]>((hashes, next) => [...hashes, accessRecordHash(backends[0] as (typeof backends)[number], hashes.at(-1) ?? accessGenesis, next)], []);

  it("has the canonical form of docs/envelope.md", () => {
    assert.equal(new TextDecoder().decode(encodeAccessEntry(entry(1))),
      '{"account":"0x00000000000000000000000000000000000000aa","action":"RANGE","at":"2026-11-23T02:00:00.123Z","firstByte":"0","grantId":"6b1f0a52-0000-4000-8000-000000000001",' +
      `"lastByte":"9007199254740993","listingId":"0x${"12".repeat(32)}","orderId":null,"outcome":"SERVED","seq":"1"}`);
  });

  it("gives the hash that Python's hashlib and json give", () => {
    assert.equal(chain([entry(1), entry(2)]).at(-1), "0xc071f51e27ffca7aedc89fec7408b539d975043f98f16fa4d4e6095443924c0c");
  });

  it("covers the salt, and then is of another version", () => {
    const unsalted = new TextDecoder().decode(encodeAccessEntry(entry(1)));
    assert.equal(new TextDecoder().decode(encodeAccessEntry(salted(1))), unsalted.replace('"seq"', `"salt":"${salt}","seq"`));
    // Python's again.
    assert.equal(chain([salted(1), salted(2)]).at(-1), "0x7c5403cc85db37a36c3b4d66c37cc5226fac97fc06cd30f222d4a8ae1acae2cf");
    assert.equal(chain([entry(1), salted(2)]).at(-1), "0x2055fff297f46cf33d150665e67c0decea91b7e82d2187547f05c2e9417040c3", "it goes on from records without one");
  });

  it("leaves out what a database row has besides", () => {
    assert.deepEqual(encodeAccessEntry({ ...entry(1), batchIndex: "4" } as AccessEntry), encodeAccessEntry(entry(1)));
  });

  it("any change, removal or exchange changes the last hash", () => {
    const entries = [1, 2, 3, 4].map(salted);
    const last = chain(entries).at(-1);
    for (const field of Object.keys(entries[0] as AccessEntry) as (keyof AccessEntry)[]) {
      assert.notEqual(chain(entries.map((each, index) => (index === 1 ? { ...each, [field]: "other" } : each))).at(-1), last, field);
    }
    assert.notEqual(chain(entries.toSpliced(1, 1)).at(-1), last);
    assert.notEqual(chain([entries[1], entries[0], entries[2], entries[3]] as AccessEntry[]).at(-1), last);
  });

  it("both twins agree, on the content hash too", async () => {
    const hashes = backends.map((backend) => accessRecordHash(backend, accessGenesis, entry(1)));
    assert.equal(hashes[0], hashes[1]);
    const key = new Uint8Array(32).fill(3);
    const contents = await Promise.all(backends.map((backend) => contentHash(backend, key, [Uint8Array.of(1), Uint8Array.of(2, 3)])));
    assert.equal(contents[0], contents[1]);
    assert.equal(contents[0], await contentHash(backends[0] as (typeof backends)[number], key, [Uint8Array.of(1, 2, 3)]));
  });
});

it("a delivery commitment is what docs/envelope.md says, by ethers' own keccak256", async () => {
  const { concat, keccak256, toBeHex, toUtf8Bytes } = await import("ethers");
  const delivery = { orderId: "0x01", header: Uint8Array.of(1, 2), recipientCommitment: `0x${"a".repeat(40)}`, ciphertextRoot: `0x${"b".repeat(64)}` };
  const parts = [toUtf8Bytes("galen/v1/delivery"), toUtf8Bytes(delivery.orderId), delivery.recipientCommitment, delivery.ciphertextRoot, keccak256(delivery.header)];
  const lengths = [17, 4, 20, 32, 32];
  assert.equal(deliveryCommitment(delivery), keccak256(concat(parts.flatMap((part, index) => [toBeHex(lengths[index] as number, 8), part]))));
});

it("a delivery commitment changes with each of its parts", () => {
  const delivery = { orderId: "0x01", header: Uint8Array.of(1, 2), recipientCommitment: `0x${"a".repeat(40)}`, ciphertextRoot: `0x${"b".repeat(64)}` };
  const all = [delivery, { ...delivery, orderId: "0x02" }, { ...delivery, header: Uint8Array.of(1, 3) }, { ...delivery, recipientCommitment: `0x${"c".repeat(40)}` }, { ...delivery, ciphertextRoot: `0x${"c".repeat(64)}` }];
  assert.equal(new Set(all.map(deliveryCommitment)).size, all.length);
  assert.equal(deliveryCommitment(delivery), deliveryCommitment({ ...delivery }));
});
