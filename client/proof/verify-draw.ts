import { AbiCoder, Contract, keccak256, toBeHex, type EventLog, type InterfaceAbi } from "ethers";
import { auditDrawAbi } from "../../schema/abi/audit-draw.js";
import { AppError } from "../../schema/errors.js";
import { Role } from "../../schema/market.js";
import type { PackedListing } from "../../schema/packed-listing.js";
import { unpackListing } from "../../schema/unpack-listing.js";

export interface VerifiedDraw {
  listingId: string;
  round: bigint;
  seed: string;
  /** In the order of the draw. */
  auditors: string[];
  /** Auditors who revealed a secret of the round. */
  revealed: string[];
  /** Auditors who committed to one and did not reveal it: they cannot be drawn by the round. */
  withheld: string[];
  block: number;
}

interface Auditor {
  account: string;
  slot: number;
  generation: bigint;
  validUntil: bigint;
}
type Place = Pick<EventLog, "blockNumber" | "index">;

/**
 * Recomputes from the chain's events alone whom the lot fell on, and compares that with what the contract told (docs/market.md): the seed from the revealed secrets, the auditors who might be drawn from
 * the registry's history up to the draw, their lots, and the order.
 * @param marketplace - the market, on a node that the verifier takes the chain's word from. The contract that draws is the one that the market names.
 * @throws AppError NOT_FOUND if the listing was not drawn, PROOF_INVALID
 */
export async function verifyDraw(marketplace: Contract, listingId: string): Promise<VerifiedDraw> {
  const draw = new Contract((await marketplace.getFunction("auditorDraw")()) as string, auditDrawAbi as InterfaceAbi, marketplace.runner);
  const events = async (contract: Contract, name: string, ...topics: unknown[]): Promise<EventLog[]> => (await contract.queryFilter(contract.getEvent(name)(...topics), 0)) as EventLog[];
  const [drawn] = await events(draw, "AuditorsDrawn", listingId);
  const [listed] = await events(marketplace, "Listed", listingId);
  if (!drawn || !listed) throw new AppError("NOT_FOUND", "No auditors were drawn for this listing.");
  const [, round, seed, auditors] = drawn.args as unknown as [string, bigint, string, string[]];
  const { timestamp } = await drawn.getBlock();
  const { chainId } = await drawn.provider.getNetwork();

  const committed = (await events(draw, "Committed", round)).map(({ args }) => args[1] as string);
  const reveals = (await events(draw, "Revealed", round)).map(({ args }) => ({ auditor: args[1] as string, secret: args[2] as string }));
  const mix = reveals.reduce((sum, { auditor, secret }) => sum ^ BigInt(hashOf(["address", "bytes32"], [auditor, secret])), 0n);
  const expectedSeed = hashOf(["uint256", "address", "uint40", "bytes32"], [chainId, await draw.getAddress(), round, toBeHex(mix, 32)]);
  if (expectedSeed !== seed) throw new AppError("PROOF_INVALID", `The revealed secrets of round ${round} make another seed.`);
  const withheld = committed.filter((auditor) => !reveals.some((each) => each.auditor === auditor));

  const { institutions, slots } = await registryAt(marketplace, events, drawn);
  const packed = (listed.args[2] as { toObject(): PackedListing }).toObject();
  const terms = unpackListing(listed.args[1] as string, packed)?.terms;
  const own = [terms?.provider, terms?.payee].map((account) => institutions.get((account ?? "").toLowerCase()));
  const candidates = [...slots.values()].filter(({ account, validUntil }) => validUntil >= BigInt(timestamp) && !own.includes(institutions.get(account.toLowerCase())) && !withheld.includes(account));
  const lot = ({ slot, generation }: Auditor): bigint => BigInt(hashOf(["bytes32", "bytes32", "uint256", "uint256"], [seed, listingId, slot, generation]));
  const seats = Number(await draw.getFunction("seats")());
  const expected = candidates.map((auditor) => ({ account: auditor.account, lot: lot(auditor) })).sort((a, b) => (a.lot < b.lot ? -1 : 1)).slice(0, seats).map(({ account }) => account);
  if (expected.join() !== [...auditors].join()) throw new AppError("PROOF_INVALID", `The lot fell on ${expected.join(", ") || "nobody"}, and the contract told ${[...auditors].join(", ") || "nobody"}.`);
  return { listingId, round, seed, auditors: expected, revealed: reveals.map(({ auditor }) => auditor), withheld, block: drawn.blockNumber };
}

/** The registry as it was just before an event: the institution of each account that ever had one, and who sat in which auditor slot. */
async function registryAt(
  marketplace: Contract,
  events: (contract: Contract, name: string) => Promise<EventLog[]>,
  before: Place,
): Promise<{ institutions: Map<string, string>; slots: Map<number, Auditor> }> {
  const all = [...(await events(marketplace, "ParticipantRegistered")), ...(await events(marketplace, "ParticipantRevoked"))];
  const past = all.filter((log) => order(log, before) < 0).sort(order);
  const institutions = new Map<string, string>();
  const slots = new Map<number, Auditor>();
  for (const { eventName, args } of past) {
    const account = args[0] as string;
    for (const [slot, holder] of slots) if (holder.account === account) slots.delete(slot);
    if (eventName === "ParticipantRevoked") continue;
    const [, institution, roles, , slot, generation, validUntil] = args as unknown as [string, string, bigint, bigint, bigint, bigint, bigint];
    institutions.set(account.toLowerCase(), institution);
    if ((Number(roles) & Role.AUDITOR) !== 0) slots.set(Number(slot), { account, slot: Number(slot), generation, validUntil });
  }
  return { institutions, slots };
}

const order = (a: Place, b: Place): number => a.blockNumber - b.blockNumber || a.index - b.index;
const hashOf = (types: string[], values: unknown[]): string => keccak256(AbiCoder.defaultAbiCoder().encode(types, values));
