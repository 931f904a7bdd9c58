import { AbiCoder, id, keccak256, toBeHex, zeroPadValue } from "ethers";
import { packListing } from "../../schema/pack-listing.js";
import { EmitterChain } from "../../test/support/emitter-chain.js";
import type { EmittedLog } from "../../test/support/log-emitter.js";

export interface LoadedChain {
  readonly chain: EmitterChain;
  readonly events: number;
  readonly purchases: number;
  /** Id of the last purchase, which is in the last block. */
  readonly lastPurchase: string;
}

const coder = AbiCoder.defaultAbiCoder();
const listedTopic = id("Listed(bytes32,address,(uint256,bytes32,bytes32,bytes32,bytes32,bytes32,bytes32,bytes32,uint256,bytes32))");
const purchasedTopic = id("Purchased(bytes32,bytes32,address,uint256,bytes20,bytes32)");
const hash = (kind: number, index: number): string => zeroPadValue(toBeHex((BigInt(kind) << 64n) | BigInt(index)), 32);
/** Spread over the key space, as real ids are. */
const spread = (kind: number, index: number): string => keccak256(hash(kind, index));
const orderId = (index: number): string => spread(20, index);
const account = (index: number): string => `0x${spread(9, index).slice(26)}`;

/**
 * A chain with `events` events in `blocks` blocks, after one empty block: two of five are listings, the others sales of listings
 * before them. The same for every run.
 */
export async function loadChain(events: number, blocks: number): Promise<LoadedChain> {
  const chain = await EmitterChain.start();
  await chain.call("anvil_setBlockTimestampInterval", [1]);
  const each = events / blocks;
  let made = 0;
  let listings = 0;
  let lastSale = 0;
  for (let block = 0; block < blocks; block++) {
    const logs: EmittedLog[] = [];
    for (; made < Math.round((block + 1) * each); made++) {
      if (made % 5 < 2) logs.push(listed(listings++));
      else logs.push(purchased((lastSale = made), (made * 7919) % listings));
    }
    await chain.emit(logs);
  }
  return { chain, events, purchases: events - listings, lastPurchase: orderId(lastSale) };
}

function listed(index: number): EmittedLog {
  const provider = account(index % 500);
  const [contentHash, plaintextRoot, ciphertextRoot, keyCommitment, metadataHash, legalEvidenceHash] = [1, 2, 3, 4, 5, 6].map((kind) => spread(kind, index)) as [string, string, string, string, string, string];
  const hashes = { contentHash, plaintextRoot, ciphertextRoot, keyCommitment, metadataHash, legalEvidenceHash, previousId: `0x${"0".repeat(64)}` };
  const price = 1_000_000n + BigInt(index);
  const packed = packListing(
    { provider, payee: provider, ...hashes, dataKind: 1 + (index % 7), region: 276 },
    { modelHash: hash(7, 1), p10: price / 2n, p50: price, p90: price * 2n, purposes: 1 + (index % 127), price },
  );
  const data = coder.encode(["uint256", ...Array.from({ length: 7 }, () => "bytes32"), "uint256", "bytes32"], [packed.sale, ...Object.values(hashes), packed.prices, packed.modelHash]);
  return { topics: [listedTopic, spread(0, index), zeroPadValue(provider, 32)], data };
}

function purchased(index: number, listing: number): EmittedLog {
  const sale = (1_000_000n + BigInt(index)) | (1n << 64n) | (4_000_000_000n << 96n);
  const data = coder.encode(["uint256", "bytes20", "bytes32"], [sale, account(8_000 + index), hash(10, index)]);
  return { topics: [purchasedTopic, orderId(index), spread(0, listing), zeroPadValue(account(1_000 + (index % 900)), 32)], data };
}
