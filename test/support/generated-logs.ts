import { Interface, keccak256, toUtf8Bytes, type InterfaceAbi } from "ethers";
import { auditDrawAbi } from "../../schema/abi/audit-draw.js";
import { marketplaceAbi } from "../../schema/abi/marketplace.js";
import { packListing } from "../../schema/pack-listing.js";
import type { EmittedLog } from "./log-emitter.js";

const market = new Interface([...marketplaceAbi, ...auditDrawAbi].filter(({ type }) => type === "event") as InterfaceAbi);
const hash = (text: string): string => keccak256(toUtf8Bytes(text));
const address = (text: string): string => `0x${hash(text).slice(26)}`;

/** Numbers from 0 to `below` - 1, the same for the same seed (mulberry32). */
export function seededRandom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const recipient = hash("recipient").slice(0, 42);

type Make = (random: (below: number) => number) => unknown[];
const listing = (random: (below: number) => number): string => hash(`listing ${random(6)}`);
const order = (random: (below: number) => number): string => hash(`order ${random(6)}`);
const account = (random: (below: number) => number): string => address(`account ${random(5)}`);

/** Arguments of each event, from few things, so that events meet: many are valid, many are not. */
const make: Readonly<Record<string, Make>> = {
  Listed: (random) => {
    const provider = random(4) === 0 ? `0x${"0".repeat(40)}` : account(random);
    const [contentHash, plaintextRoot, ciphertextRoot, keyCommitment, metadataHash, legalEvidenceHash] = ["c", "p", "x", "k", "m", "l"].map((name) => hash(`${name}${random(99)}`)) as [string, string, string, string, string, string];
    const hashes = { contentHash, plaintextRoot, ciphertextRoot, keyCommitment, metadataHash, legalEvidenceHash, previousId: random(2) ? listing(random) : `0x${"0".repeat(64)}` };
    const terms = { provider, payee: account(random), ...hashes, dataKind: 1 + random(7), region: random(900) };
    const offer = { modelHash: hash("model"), p10: 1n, p50: 2n, p90: BigInt(random(1e9)) << 30n, purposes: 1 + random(127), price: BigInt(1 + random(1e9)) * 10_000_000_000n };
    const packed = packListing(terms, offer);
    return [listing(random), provider, random(20) === 0 ? { ...packed, sale: packed.sale | (1n << 216n) } : packed];
  },
  Delisted: (random) => [listing(random)],
  Repriced: (random) => [listing(random), 1 + random(1e9)],
  ConsentNarrowed: (random) => [listing(random), 1 + random(127)],
  Voted: (random) => [listing(random), account(random), random(2) === 0, random(65536)],
  // Some contradict themselves: a status that is none, a vote of nobody, a decision the other way.
  VotesCounted: (random) => {
    const [auditors, listings] = [random(4), random(4)];
    const outcomes = Array.from({ length: listings }, () => `0${random(4)}${(random(20) === 0 ? random(99) : random(2 ** auditors)).toString(16).padStart(8, "0")}`).join("");
    return [random(2) === 0, random(65536), Array.from({ length: auditors }, () => account(random)), Array.from({ length: listings }, () => listing(random)), `0x${outcomes}${random(20) === 0 ? "00" : ""}`];
  },
  Approved: (random) => [listing(random)],
  Rejected: (random) => [listing(random)],
  ApprovalRevoked: (random) => [listing(random)],
  Purchased: (random) => [order(random), listing(random), account(random), BigInt(1 + random(1e9)) | (1n << 64n) | (BigInt(random(1e9)) << 96n) | (random(20) === 0 ? 1n << 136n : 0n), recipient, hash("salt")],
  Granted: (random) => [order(random), listing(random), account(random), 1, recipient, random(1e9), hash("salt")],
  Disputed: (random) => [order(random), account(random), random(3), random(9), hash("leaf"), random(1e9)],
  DisputeVoted: (random) => [order(random), account(random), random(2) === 0, random(65536)],
  DisputeResolved: (random) => [order(random), random(2) === 0],
  RingRegistered: (random) => [hash(`ring ${random(3)}`), [1n, 2n, 2n ** 253n + BigInt(random(9)), 5n], 1 + random(9), 1 + random(1e6)],
  RingRevoked: (random) => [hash(`ring ${random(3)}`)],
  AnonymouslyListed: (random) => [listing(random), hash(`ring ${random(3)}`), hash(`image ${random(9)}`)],
  Delivered: (random) => [order(random), hash(`delivery ${random(9)}`), random(1e9)],
  Settled: (random) => [order(random), account(random), random(1e9), random(1e6)],
  Refunded: (random) => [order(random), account(random), random(1e9)],
  Withdrawn: (random) => [account(random), account(random), 2n ** 255n + BigInt(random(1e9))],
  AccessAnchored: (random) => [random(12), hash("root"), random(3) === 0 ? 4_000_000_000 : random(100), random(1e9), random(1e9)],
  DrawRequested: (random) => [listing(random), random(9)],
  DrawPostponed: (random) => [listing(random), random(9), 1 + random(3)],
  DrawOpened: (random) => [listing(random), random(9)],
  AuditorsDrawn: (random) => [listing(random), random(9), hash(`seed ${random(9)}`), Array.from({ length: random(4) }, () => account(random)), random(1e9)],
  Committed: (random) => [random(9), account(random), hash(`commitment ${random(9)}`)],
  Revealed: (random) => [random(9), account(random), hash(`secret ${random(9)}`)],
  AccessTold: (random) => [random(20) === 0 ? 2n ** 63n : random(99), hash(`access ${random(99)}`)],
  ParticipantRegistered: (random) => [account(random), hash("clinic"), random(128), 1 + random(6), random(3), random(9), random(2e9), hash("credential"), recipient],
  ParticipantRevoked: (random) => [account(random)],
  MarketPausedUntil: (random) => [random(1e9)],
  MarketResumed: (random) => [random(1e9)],
  AuthorityUpdated: (random) => [account(random)],
  EIP712DomainChanged: () => [],
};
const names = Object.keys(make);

/** @returns one log: usually an event of the market about one of few things, now and then one that cannot be read. */
export function generatedLog(random: (below: number) => number): EmittedLog {
  const kind = random(40);
  if (kind === 0) return { topics: [hash("SomethingElse(uint256)")], data: `0x${"07".repeat(32)}` };
  if (kind === 1) return { topics: [], data: "0x" };
  const name = names[random(names.length)]!;
  const log = market.encodeEventLog(name, make[name]!(random));
  return kind === 2 && log.data.length > 66 ? { topics: log.topics, data: log.data.slice(0, -64) } : { topics: log.topics, data: log.data };
}
