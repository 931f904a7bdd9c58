import { nodeBackend } from "../../crypto/backend/node.js";
import { fromHex } from "../../crypto/bytes.js";
import { verifyInclusion } from "../../crypto/merkle/proof.js";
import { AppError } from "../../schema/errors.js";
import { Role } from "../../schema/market.js";
import { marketNow, requireRole } from "../auth/accreditation.js";
import type { ApiContext } from "../context.js";
import { parseHash, parseRange } from "../input/parse.js";
import { termsOf } from "../listings/terms.js";
import { DisputeClaim, type DisputedLeafInput } from "../types/dispute.js";
import type { PreparedTransaction } from "../types/step.js";
import { call } from "./call.js";
import { maxReason } from "./prepare.js";
import { requireBought, requireOrder } from "./require-rows.js";

/** Longest path of a tree that a record can have. */
const maxPath = 64;

/** Until the settle window is over. @throws AppError UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, CONFLICT, BAD_INPUT, COMMITMENT_MISMATCH */
export async function prepareDispute(context: ApiContext, orderId: string, claim: DisputeClaim, leaf: DisputedLeafInput | null): Promise<PreparedTransaction> {
  const { order, listing } = await requireBought(context, orderId);
  if (order.status !== "DELIVERED" || order.settleAfter === null) throw new AppError("CONFLICT", `The order is ${order.status}: only a delivered one can be disputed.`);
  if ((await marketNow(context.deps)) > order.settleAfter) throw new AppError("CONFLICT", "The settle window is over.");
  const root = claim === DisputeClaim.CIPHERTEXT ? listing.ciphertextRoot : listing.plaintextRoot;
  const shown = claim === DisputeClaim.NOTHING_OPENS ? noLeaf(leaf) : parseLeaf(leaf, root);
  return call(context, "dispute", [termsOf(listing), order.salt, claim, shown]);
}

/** @throws AppError UNAUTHENTICATED, NOT_ACCREDITED, NOT_FOUND, CONFLICT, BAD_INPUT */
export async function prepareDisputeVote(context: ApiContext, orderId: string, forBuyer: boolean, reason: number): Promise<PreparedTransaction> {
  await requireRole(context, Role.AUDITOR);
  const { order } = await requireOrder(context, orderId);
  if (order.status !== "DISPUTED" || order.settleAfter === null) throw new AppError("CONFLICT", `The order is ${order.status}: only a disputed one can be decided.`);
  if ((await marketNow(context.deps)) > order.settleAfter) throw new AppError("CONFLICT", "The time to decide is over: anyone may settle.");
  return call(context, "voteDispute", [order.id, forBuyer, parseRange("reason", reason, 0, maxReason)]);
}

const emptyLeaf = { hash: `0x${"00".repeat(32)}`, index: 0n, size: 0n, path: [] };

function noLeaf(leaf: DisputedLeafInput | null): typeof emptyLeaf {
  if (leaf !== null) throw new AppError("BAD_INPUT", "leaf: where nothing opens, no chunk is shown", { details: { field: "leaf" } });
  return emptyLeaf;
}

function parseLeaf(leaf: DisputedLeafInput | null, root: string): { hash: string; index: bigint; size: bigint; path: string[] } {
  if (leaf === null) throw new AppError("BAD_INPUT", "leaf: this claim is about one chunk", { details: { field: "leaf" } });
  parseRange("path", leaf.path.length, 0, maxPath);
  const hash = parseHash("hash", leaf.hash);
  const path = leaf.path.map((sibling) => parseHash("path", sibling));
  const { index, size } = leaf;
  if (!verifyInclusion(nodeBackend, root, fromHex(hash, 32), { index: Number(index), size: Number(size), path })) {
    throw new AppError("COMMITMENT_MISMATCH", "The chunk's hash and path do not lead to the root that the listing committed to.");
  }
  return { hash, index, size, path };
}
