import { createKeccak } from "hash-wasm";

/** Ten times as fast as the one of ethers, which would take more time than all else of reading a block. */
const hasher = await createKeccak(256);

/** @returns the 32 bytes of the Keccak-256 hash, as Ethereum uses it. */
export const keccak = (bytes: Uint8Array): Uint8Array => hasher.init().update(bytes).digest("binary");

/** The same as 0x hex. */
export const keccakHex = (bytes: Uint8Array): string => `0x${Buffer.from(keccak(bytes)).toString("hex")}`;
