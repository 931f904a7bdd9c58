import { keccak256 } from "ethers";

/**
 * @returns a test of block blooms: false means that the block has no log of this address; true means that it may have.
 * @see Ethereum yellow paper, 4.3.1: three 11-bit numbers of the Keccak hash choose three of 2048 bits.
 */
export function bloomTest(address: string): (logsBloom: string) => boolean {
  const digest = keccak256(address).slice(2);
  const bits = [0, 4, 8].map((at) => Number.parseInt(digest.slice(at, at + 4), 16) & 2047);
  return (logsBloom) => {
    if (logsBloom.length !== 514) return true;
    return bits.every((bit) => {
      const digit = Number.parseInt(logsBloom[2 + 511 - (bit >> 2)]!, 16);
      return (digit & (1 << (bit & 3))) !== 0;
    });
  };
}
