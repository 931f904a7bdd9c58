import { createKeccak } from "hash-wasm";

/** Ten times as fast as the one of ethers, which would take more time than all else of reading a block. */
const keccak = await createKeccak(256);

/** Addresses and topics come again and again. */
const remembered = new Map<string, readonly number[]>();
const rememberedMost = 50_000;
const bloomBytes = 256;

/** @returns the three bits (0 to 2047) that an address or topic, in hex, sets in a bloom. */
function bitsOf(item: string): readonly number[] {
  let bits = remembered.get(item);
  if (!bits) {
    const digest = keccak.init().update(Buffer.from(item.slice(2), "hex")).digest("binary");
    bits = [0, 2, 4].map((at) => ((digest[at]! << 8) | digest[at + 1]!) & 2047);
    if (remembered.size === rememberedMost) remembered.clear();
    remembered.set(item, bits);
  }
  return bits;
}

/**
 * @returns a test of block blooms: false means that the block has no log of this address; true means that it may have.
 * @see Ethereum yellow paper, 4.3.1: three 11-bit numbers of the Keccak hash choose three of 2048 bits.
 */
export function bloomTest(address: string): (logsBloom: string) => boolean {
  const bits = bitsOf(address.toLowerCase());
  return (logsBloom) => {
    if (!isBloom(logsBloom)) return true;
    return bits.every((bit) => {
      const digit = Number.parseInt(logsBloom[2 + 511 - (bit >> 2)]!, 16);
      return (digit & (1 << (bit & 3))) !== 0;
    });
  };
}

/** Whether logs are all that a block's bloom speaks of, and no others. Not seen: one that repeats the address and topics of another of the block. */
export function matchesBloom(logsBloom: string, logs: Iterable<{ readonly address: string; readonly topics: readonly string[] }>): boolean {
  if (!isBloom(logsBloom)) return true;
  const bloom = Buffer.alloc(bloomBytes);
  const add = (item: string): void => {
    for (const bit of bitsOf(item)) bloom[bloomBytes - 1 - (bit >> 3)]! |= 1 << (bit & 7);
  };
  for (const { address, topics } of logs) {
    add(address);
    topics.forEach(add);
  }
  return bloom.toString("hex") === logsBloom.slice(2);
}

/** Chains that keep no blooms answer something shorter. */
const isBloom = (logsBloom: string): boolean => logsBloom.length === 2 + 2 * bloomBytes;
