import { dataLength, dataSlice, decodeRlp, encodeRlp, recoverAddress } from "ethers";
import type { BlockHeader } from "../../schema/block-header.js";
import { AppError } from "../../schema/errors.js";
import { hashHeader } from "./hash-header.js";

export interface VerifiedBlock {
  number: number;
  hash: string;
  time: Date;
  /** Who vouches for the header, by itself: one signer of Clique, several validators of QBFT; nobody on a development chain. */
  seal: { kind: "NONE" | "CLIQUE" | "QBFT"; signers: readonly string[] };
}

/** Bytes of a Clique header's extra data before the signers or the seal, and of the seal. */
const [vanity, sealBytes] = [32, 65];

/**
 * Checks that a header has the hash that it is told with, and finds who sealed it.
 * @param trusted - what the verifier knows from elsewhere: the block's hash (from an own node, or several), and the addresses whose seals it takes: one of them
 *   for Clique, two thirds for QBFT.
 * @throws AppError PROOF_INVALID
 */
export function verifyBlock(header: BlockHeader, trusted: { hash?: string; signers?: readonly string[] } = {}): VerifiedBlock {
  let found: Pick<VerifiedBlock, "hash" | "seal">;
  try {
    found = qbft(header) ?? clique(header) ?? { hash: hashHeader(header), seal: { kind: "NONE", signers: [] } };
  } catch (cause) {
    throw new AppError("PROOF_INVALID", "The block's header is malformed.", { cause });
  }
  const { hash, seal } = found;
  if (hash !== header.hash.toLowerCase()) throw new AppError("PROOF_INVALID", `The header's fields have the hash ${hash}, not ${header.hash}.`);
  if (trusted.hash !== undefined && hash !== trusted.hash.toLowerCase()) throw new AppError("PROOF_INVALID", "The block is not the one that was known from elsewhere.");
  if (trusted.signers) {
    const known = new Set(trusted.signers.map((each) => each.toLowerCase()));
    const vouching = new Set(seal.signers.filter((each) => known.has(each))).size;
    const needed = seal.kind === "QBFT" ? Math.ceil((2 * known.size) / 3) : 1;
    if (vouching < needed) throw new AppError("PROOF_INVALID", `${vouching} of the known signers sealed the block; ${needed} must.`);
  }
  return { number: Number(header.number), hash, time: new Date(Number(header.timestamp) * 1000), seal };
}

function signerOf(digest: string, signature: string): string {
  const v = Number(dataSlice(signature, 64));
  return recoverAddress(digest, { r: dataSlice(signature, 0, 32), s: dataSlice(signature, 32, 64), v: v < 27 ? v + 27 : v }).toLowerCase();
}

/** EIP-225: the signature of the header without it stands at the end of the extra data. A sealed header has difficulty 1 or 2. */
function clique(header: BlockHeader): Pick<VerifiedBlock, "hash" | "seal"> | null {
  const length = dataLength(header.extraData);
  if (length < vanity + sealBytes || !["0x1", "0x2"].includes(header.difficulty)) return null;
  const unsealed = hashHeader(header, dataSlice(header.extraData, 0, length - sealBytes));
  return { hash: hashHeader(header), seal: { kind: "CLIQUE", signers: [signerOf(unsealed, dataSlice(header.extraData, length - sealBytes))] } };
}

/** Besu's QBFT: extra data is RLP of vanity, validators, vote, round and seals. A block's hash leaves out seals and round; what is sealed leaves out the seals. */
function qbft(header: BlockHeader): Pick<VerifiedBlock, "hash" | "seal"> | null {
  let extra: unknown;
  try {
    extra = decodeRlp(header.extraData);
  } catch {
    return null;
  }
  if (!Array.isArray(extra) || extra.length !== 5 || !Array.isArray(extra[4])) return null;
  const [own, validators, vote, round, seals] = extra as [string, string[], never, string, string[]];
  const sealed = hashHeader(header, encodeRlp([own, validators, vote, round, []]));
  return { hash: hashHeader(header, encodeRlp([own, validators, vote, "0x", []])), seal: { kind: "QBFT", signers: seals.map((each) => signerOf(sealed, each)) } };
}
