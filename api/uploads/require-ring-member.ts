import { AbiCoder, concat, keccak256, toBeHex } from "ethers";
import type { EntityManager } from "typeorm";
import { makeRing } from "../../crypto/ring/ring.js";
import { ringUploadContext } from "../../crypto/ring/upload-context.js";
import { verifyRing } from "../../crypto/ring/verify-ring.js";
import { AppError } from "../../schema/errors.js";
import { ringUploadProofTypes } from "../../schema/ring-upload-proof.js";
import { marketNow } from "../auth/accreditation.js";
import { requireSession, type ApiContext } from "../context.js";

/** A proof that holds; it is used once `takeRingSlot` has written it. */
export interface RingMember {
  /** One-time account that proved it. */
  readonly account: string;
  readonly ringHash: string;
  readonly epoch: bigint;
  readonly keyImage: string;
  /** Uploads that the ring may begin in an epoch: as many as it may open listings. */
  readonly quota: number;
}

/** To verify a proof takes the processor some tens of ms: so many an address may ask for in a minute. */
const proofsPerMinute = 20;

type Signature = [imageX: bigint, imageY: bigint, challenge: bigint, responses: bigint[]];

/**
 * The viewer is a one-time account, of which nobody knows more than that a member of an open ring stands behind it.
 * @param proof - abi.encode of `ringUploadProofTypes`, docs/ring-signature.md §9
 * @throws AppError UNAUTHENTICATED, FORBIDDEN (an API key), BAD_INPUT, NOT_ACCREDITED, CONFLICT (the slot was used), RATE_LIMITED
 */
export async function requireRingMember(context: ApiContext, proof: string): Promise<RingMember> {
  const { account } = requireSession(context);
  const { database, limits, market } = context.deps;
  const { ringHash, epoch, slot, signature: [imageX, imageY, challenge, responses] } = decode(proof);
  const members = (await database.query(
    `select r.quota, r.epoch_length, m.key from public.ring r join public.ring_member m on m.ring_hash = r.hash
     where r.hash = $1 and r.to_block is null and not r.revoked order by m.position`,
    [ringHash],
  )) as { quota: number; epoch_length: string; key: string }[];
  const [ring] = members;
  if (!ring) throw new AppError("NOT_ACCREDITED", "ringProof: no open ring on the chain has this hash.");
  const now = (await marketNow(context.deps)) / BigInt(ring.epoch_length);
  if (epoch !== now) throw wrong(`the epoch is ${now}`);
  if (slot >= BigInt(ring.quota)) throw wrong(`the ring's slots are 0 to ${ring.quota - 1}`);
  const keyImage = keccak256(concat([toBeHex(imageX, 32), toBeHex(imageY, 32)]));
  if (await isUsed(database.manager, keyImage)) throw used();

  const spent = await limits.budget.spend(`ring-proof:${context.address}`, 1, proofsPerMinute);
  if (!spent.allowed) throw new AppError("RATE_LIMITED", `${proofsPerMinute} proofs a minute are verified for one address: try again in ${spent.resetSeconds} s.`, { details: { retryAfterSeconds: spent.resetSeconds } });
  const { chainId, marketplace } = market.deployment;
  const signed = ringUploadContext({ chainId: BigInt(chainId), market: marketplace.toLowerCase(), account, ringHash, epoch, slot: Number(slot) });
  const points = makeRing(members.map(({ key }) => ({ x: BigInt(key.slice(0, 66)), y: BigInt(`0x${key.slice(66)}`) })));
  if (!verifyRing(signed, points, { imageX, imageY, challenge, responses: [...responses] })) throw new AppError("NOT_ACCREDITED", "ringProof: no member of the ring signed it for this account.");
  return { account, ringHash, epoch, keyImage, quota: ring.quota };
}

/**
 * Uses a proof up, in the transaction that writes the upload. One upload of a ring begins at a time: two at once cannot share the last room.
 * @throws AppError CONFLICT, QUOTA_EXCEEDED
 */
export async function takeRingSlot(manager: EntityManager, { ringHash, epoch, keyImage, quota }: RingMember): Promise<void> {
  await manager.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`galen/ring-upload/${ringHash}`]);
  if (await isUsed(manager, keyImage)) throw used();
  const [taken] = (await manager.query("select count(*)::int as uploads from app.ring_upload where ring_hash = $1 and epoch = $2", [ringHash, `${epoch}`])) as { uploads: number }[];
  if ((taken?.uploads ?? 0) >= quota) throw new AppError("QUOTA_EXCEEDED", `The ring has begun ${quota} uploads in this epoch, which is the most.`, { details: { quota: "RING_UPLOADS", limit: quota, left: "0" } });
  await manager.query("insert into app.ring_upload (key_image, ring_hash, epoch) values ($1, $2, $3)", [keyImage, ringHash, `${epoch}`]);
}

/** @throws AppError BAD_INPUT */
function decode(proof: string): { ringHash: string; epoch: bigint; slot: bigint; signature: Signature } {
  try {
    const [ringHash, epoch, slot, signature] = AbiCoder.defaultAbiCoder().decode(ringUploadProofTypes, proof) as unknown as [string, bigint, bigint, Signature];
    return { ringHash, epoch, slot, signature };
  } catch (cause) {
    throw new AppError("BAD_INPUT", "ringProof: not abi.encode(ring hash, epoch, slot, ring signature)", { cause, details: { field: "ringProof" } });
  }
}

const isUsed = async (manager: EntityManager, keyImage: string): Promise<boolean> => ((await manager.query("select 1 from app.ring_upload where key_image = $1", [keyImage])) as unknown[]).length > 0;
const wrong = (what: string): AppError => new AppError("BAD_INPUT", `ringProof: ${what}`, { details: { field: "ringProof" } });
const used = (): AppError => new AppError("CONFLICT", "ringProof: the slot was used in this epoch: take another one.");
