import { decodeRlp, getBytes, hexlify, keccak256, type RlpStructuredDataish } from "ethers";
import { AppError } from "../../schema/errors.js";

const broken = (what: string): AppError => new AppError("PROOF_INVALID", `The trie proof does not hold: ${what}.`);

/** 0x-hexadecimal → its digits. */
const digits = (hex: string): number[] => [...hex.slice(2)].map((digit) => Number.parseInt(digit, 16));

/**
 * Follows a key through the nodes of a Merkle Patricia trie, each of which must have the hash that the one before it names.
 * @param root - hash of the first node.
 * @param key - 32 bytes in hexadecimal: a secure trie's, so the hash of what is looked for.
 * @param proof - RLP of the nodes from the root on, as `eth_getProof` gives them.
 * @returns RLP of the value; null where the proof shows that there is none.
 * @throws AppError PROOF_INVALID
 * @see https://ethereum.org/en/developers/docs/data-structures-and-encoding/patricia-merkle-trie
 */
export function verifyTrie(root: string, key: string, proof: readonly string[]): string | null {
  const path = digits(key);
  // The empty trie's root is the hash of the empty string's RLP.
  if (proof.length === 0) {
    if (root === keccak256("0x80")) return null;
    throw broken("there is no node");
  }
  let expected: RlpStructuredDataish = root;
  let at = 0;
  let used = 0;
  for (;;) {
    let node: unknown;
    // A node of less than 32 bytes stands in the one above it; others are named by their hash.
    if (typeof expected === "string") {
      const encoded = proof[used++];
      if (encoded === undefined) throw broken("a node is missing");
      if (keccak256(encoded) !== expected) throw broken("a node does not have the hash that it is named by");
      node = decode(encoded);
    } else node = expected;
    if (!Array.isArray(node)) throw broken("a node is no list");
    const items = node as RlpStructuredDataish[];
    if (items.length === 17) {
      if (at === path.length) return ended(items[16], proof, used);
      expected = items[path[at++]!]!;
      if (expected === "0x") return ended("0x", proof, used);
      continue;
    }
    if (items.length !== 2 || typeof items[0] !== "string" || items[0] === "0x") throw broken("a node is neither a branch nor a path");
    const prefix = digits(items[0]);
    const isLeaf = (prefix[0]! & 2) !== 0;
    const rest = prefix.slice((prefix[0]! & 1) !== 0 ? 1 : 2);
    const same = rest.every((digit, index) => path[at + index] === digit);
    if (isLeaf) return ended(same && at + rest.length === path.length ? items[1] : "0x", proof, used);
    if (!same) return ended("0x", proof, used);
    at += rest.length;
    expected = items[1]!;
  }
}

/** @returns the value; null for none. Nodes that nobody asked for are no part of a proof. */
function ended(value: unknown, proof: readonly string[], used: number): string | null {
  if (used !== proof.length) throw broken("it has more nodes than the path");
  if (typeof value !== "string") throw broken("the value is a list");
  return value === "0x" ? null : value;
}

function decode(encoded: string): unknown {
  try {
    // A copy in canonical form: upper-case digits would have another text.
    return decodeRlp(hexlify(getBytes(encoded)));
  } catch (cause) {
    throw new AppError("PROOF_INVALID", "The trie proof does not hold: a node is no RLP.", { cause });
  }
}
