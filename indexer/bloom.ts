import { keccak } from "./keccak.js";

const bloomBytes = 256;
/** Items that come again and again: accounts, and what the first topic of a log says. All others are ids, most of them new, and to remember them would cost more than to hash them. */
const remembered = new Map<string, readonly number[]>();
const rememberedMost = 10_000;
const accountTopic = `0x${"0".repeat(24)}`;

/** Room for the bytes of one item: every log has new ones. */
const room = Buffer.alloc(32);

/** @returns the three bits (0 to 2047) that an address or topic, in hex, sets in a bloom. */
function hashBits(item: string): readonly number[] {
  const length = room.write(item.slice(2), "hex");
  const digest = keccak(length === room.length ? room : room.subarray(0, length));
  return [((digest[0]! << 8) | digest[1]!) & 2047, ((digest[2]! << 8) | digest[3]!) & 2047, ((digest[4]! << 8) | digest[5]!) & 2047];
}

function rememberedBits(item: string): readonly number[] {
  let bits = remembered.get(item);
  if (!bits) {
    bits = hashBits(item);
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
  const bits = hashBits(address.toLowerCase());
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
  const set = (bits: readonly number[]): void => {
    for (const bit of bits) bloom[bloomBytes - 1 - (bit >> 3)]! |= 1 << (bit & 7);
  };
  for (const { address, topics } of logs) {
    set(rememberedBits(address));
    topics.forEach((topic, index) => set(index === 0 || topic.startsWith(accountTopic) ? rememberedBits(topic) : hashBits(topic)));
  }
  return bloom.toString("hex") === logsBloom.slice(2);
}

/** Chains that keep no blooms answer something shorter. */
const isBloom = (logsBloom: string): boolean => logsBloom.length === 2 + 2 * bloomBytes;
