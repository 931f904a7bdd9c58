import assert from "node:assert/strict";
import { test } from "node:test";
import { Interface, type EventFragment, type InterfaceAbi, type ParamType, type Result } from "ethers";
import fc from "fast-check";
import { auditDrawAbi } from "../schema/abi/audit-draw.js";
import { marketplaceAbi } from "../schema/abi/marketplace.js";
import type { PackedListing } from "../schema/packed-listing.js";
import { generatedLog, seededRandom } from "../test/support/generated-logs.js";
import { decodeLog } from "./decode-log.js";
import { mappings } from "./mappings/index.js";

/** Of the market, and of the contract that draws its auditors. */
const eventsOfAbi = [...marketplaceAbi, ...auditDrawAbi].filter(({ type }) => type === "event");
const market = new Interface(eventsOfAbi as InterfaceAbi);
const position = { blockNumber: 1, blockHash: "0x1", blockTime: new Date(0), transactionHash: "0x2", logIndex: 0 };

/** What ethers makes of a value, in our types. */
function expected(value: unknown, type: ParamType): unknown {
  if (type.isTuple()) return Object.fromEntries(type.components.map((inner, index) => [inner.name, expected((value as Result)[index], inner)]));
  if (type.isArray()) return Array.from(value as Result, (item: unknown) => expected(item, type.arrayChildren));
  if (typeof value === "bigint") return ["uint8", "uint16", "uint32"].includes(type.type) ? Number(value) : value;
  return typeof value === "string" ? value.toLowerCase() : value;
}

/** What the events of a log are by ethers' reading and, where the log packs, by packing again; undefined if it contradicts itself. */
function expectedEvents(fragment: EventFragment, parsed: Result): { name: string; args: unknown }[] | undefined {
  const args = Object.fromEntries(fragment.inputs.map((input, index) => [input.name, expected(parsed[index], input)]));
  const hex = (value: bigint, digits: number): string => value.toString(16).padStart(digits, "0");
  if (fragment.name === "Listed") {
    const { listing, ...rest } = args as { listing: PackedListing; listingId: string; provider: string };
    const { sale, prices, modelHash, ...hashes } = listing;
    const [, unused, purposes, region, dataKind, payee] = /^(.{10})(.{8})(.{4})(.{2})(.{40})$/.exec(hex(sale, 64)) as unknown as [string, string, string, string, string, string];
    if (unused !== "0000000000") return undefined;
    const [p90, p50, p10, price] = hex(prices, 64).match(/.{16}/g)!.map((word) => BigInt(`0x${word}`));
    const terms = { provider: rest.provider, payee: `0x${payee}`, ...hashes, dataKind: Number(`0x${dataKind}`), region: Number(`0x${region}`) };
    return [{ name: "Listed", args: { ...rest, dataKind: terms.dataKind, terms, offer: { modelHash, p10, p50, p90, purposes: Number(`0x${purposes}`), price } } }];
  }
  if (fragment.name === "Purchased") {
    const { sale, ...rest } = args as { sale: bigint };
    const [, unused, deliverBy, purpose, price] = /^(.{30})(.{10})(.{8})(.{16})$/.exec(hex(sale, 64)) as unknown as [string, string, string, string, string];
    return /[^0]/.test(unused) ? undefined : [{ name: "Purchased", args: { ...rest, price: BigInt(`0x${price}`), purpose: Number(`0x${purpose}`), deliverBy: BigInt(`0x${deliverBy}`) } }];
  }
  if (fragment.name !== "VotesCounted") return [{ name: fragment.name, args }];
  const { approve, reason, auditors, listingIds, outcomes } = args as { approve: boolean; reason: number; auditors: string[]; listingIds: string[]; outcomes: string };
  if (outcomes.length !== 2 + 10 * listingIds.length) return undefined;
  const events: { name: string; args: unknown }[] = [];
  for (const [index, listingId] of listingIds.entries()) {
    const outcome = outcomes.slice(2 + 10 * index, 12 + 10 * index);
    const voters = [...BigInt(`0x${outcome.slice(2)}`).toString(2)].reverse().flatMap((bit, place) => (bit === "1" ? [place] : []));
    if (Number(`0x${outcome.slice(0, 2)}`) > 4 || voters.some((place) => place >= auditors.length)) return undefined;
    if (voters.length === 0) continue;
    const decision = { "01": [], "02": approve ? ["Approved"] : undefined, "03": approve ? undefined : ["Rejected"] }[outcome.slice(0, 2)];
    if (!decision) return undefined;
    events.push(...voters.map((place) => ({ name: "Voted", args: { listingId, auditor: auditors[place], approve, reason } })), ...decision.map((name) => ({ name, args: { listingId } })));
  }
  return events;
}

test("every log tells what ethers reads in it, and nothing throws", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const { topics, data } = generatedLog(seededRandom(seed));
      const events = decodeLog({ ...position, topics, data });
      assert.deepEqual(events.map(({ logPart }) => logPart), events.map((_, index) => index));
      const fragment = topics[0] === undefined ? null : market.getEvent(topics[0]);
      if (!fragment) return assert.equal(events[0]?.name, "Unknown");
      let parsed: Result | null;
      try {
        parsed = market.decodeEventLog(fragment, data, topics);
      } catch {
        parsed = null;
      }
      const told = parsed === null ? undefined : expectedEvents(fragment, parsed);
      if (told === undefined) assert.deepEqual(events.map((event) => event.args === null && event.reason), ["UNDECODABLE"]);
      else assert.deepEqual(events.map(({ name, args }) => ({ name, args })), told);
    }),
    { numRuns: 500 },
  );
});

const listingId = `0x${"11".repeat(32)}`;
const auditorsOf = (count: number): string[] => Array.from({ length: count }, (_, index) => `0x${(index + 1).toString(16).padStart(40, "0")}`);
const counted = (auditors: string[], outcomes: string, approve = true) => decodeLog({ ...position, ...market.encodeEventLog("VotesCounted", [approve, 7, auditors, [listingId], outcomes]) });

test("votes by signature are told one by one, up to the last bit of the mask", () => {
  const auditors = auditorsOf(32);
  assert.deepEqual(counted(auditors, "0x0280000001").map(({ name, args, logPart }) => ({ name, args, logPart })), [
    { name: "Voted", args: { listingId, auditor: auditors[0], approve: true, reason: 7 }, logPart: 0 },
    { name: "Voted", args: { listingId, auditor: auditors[31], approve: true, reason: 7 }, logPart: 1 },
    { name: "Approved", args: { listingId }, logPart: 2 },
  ]);
  assert.deepEqual(counted(auditors, "0x0300000002", false).map(({ name }) => name), ["Voted", "Rejected"]);
  assert.deepEqual(counted(auditors, "0x0100000002", false).map(({ name }) => name), ["Voted"]);
  assert.deepEqual(counted(auditors, "0x0400000000"), [], "passed over");
});

test("a log that contradicts itself is undecodable", () => {
  const undecodable = (events: ReturnType<typeof decodeLog>): void => assert.deepEqual(events.map((event) => event.args === null && event.reason), ["UNDECODABLE"]);
  undecodable(counted(auditorsOf(33), "0x0280000001"));
  undecodable(counted(auditorsOf(2), "0x0100000004")); // a vote of nobody
  undecodable(counted(auditorsOf(2), "0x0500000000")); // a status that is none
  undecodable(counted(auditorsOf(2), "0x0300000001")); // decided the other way
  undecodable(counted(auditorsOf(2), "0x0200000001", false));
  undecodable(counted(auditorsOf(2), "0x0400000001"));
  undecodable(counted(auditorsOf(2), "0x01000000")); // too short
  const zero = `0x${"0".repeat(64)}`;
  undecodable(decodeLog({ ...position, ...market.encodeEventLog("Listed", [listingId, auditorsOf(1)[0], [1n << 216n, zero, zero, zero, zero, zero, zero, zero, 0n, zero]]) }));
  undecodable(decodeLog({ ...position, ...market.encodeEventLog("Purchased", [listingId, listingId, auditorsOf(1)[0], 1n << 136n, `0x${"0".repeat(40)}`, zero]) }));
});

test("dirty padding, missing topics and wrong lengths are undecodable", () => {
  const event = market.encodeEventLog("Repriced", [`0x${"11".repeat(32)}`, 5]);
  const spoilt = [
    { topics: event.topics, data: `0x01${event.data.slice(4)}` },
    { topics: event.topics.slice(0, 1), data: event.data },
    { topics: event.topics, data: `${event.data}00` },
    { topics: event.topics, data: "0x" },
  ];
  for (const log of spoilt) {
    assert.deepEqual(decodeLog({ ...position, ...log }).map((decoded) => decoded.args === null && decoded.reason), ["UNDECODABLE"]);
  }
  const vote = market.encodeEventLog("Voted", [`0x${"11".repeat(32)}`, `0x${"22".repeat(20)}`, true, 1]);
  assert.equal(decodeLog({ ...position, topics: vote.topics, data: `0x${"0".repeat(63)}2${vote.data.slice(66)}` })[0]?.args, null);
});

test("every event of the ABI is mapped, but the one that is told as others", () => {
  const names = eventsOfAbi.map((event) => ("name" in event ? event.name : ""));
  assert.deepEqual([...Object.keys(mappings), "VotesCounted"].sort(), [...names].sort());
});
