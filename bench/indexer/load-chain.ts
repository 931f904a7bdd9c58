import { AbiCoder, id, keccak256, toBeHex, zeroPadValue } from "ethers";
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
const listedTopic = id("Listed(bytes32,address,uint8,(address,address,bytes32,bytes32,bytes32,bytes32,bytes32,bytes32,bytes32,uint8,uint16),(uint64,uint32,uint64,uint64,uint64,bytes32))");
const purchasedTopic = id("Purchased(bytes32,bytes32,address,uint64,uint32,bytes32,uint40,bytes32)");
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
  const terms = [provider, provider, ...[1, 2, 3, 4, 5, 6].map((kind) => spread(kind, index)), `0x${"0".repeat(64)}`, 1 + (index % 7), 276];
  const price = 1_000_000n + BigInt(index);
  const data = coder.encode(
    ["tuple(address,address,bytes32,bytes32,bytes32,bytes32,bytes32,bytes32,bytes32,uint8,uint16)", "tuple(uint64,uint32,uint64,uint64,uint64,bytes32)"],
    [terms, [price, 1 + (index % 127), price / 2n, price, price * 2n, hash(7, 1)]],
  );
  return { topics: [listedTopic, spread(0, index), zeroPadValue(provider, 32), zeroPadValue(toBeHex(1 + (index % 7)), 32)], data };
}

function purchased(index: number, listing: number): EmittedLog {
  const data = coder.encode(["uint64", "uint32", "bytes32", "uint40", "bytes32"], [1_000_000n + BigInt(index), 1, hash(8, index), 4_000_000_000, hash(10, index)]);
  return { topics: [purchasedTopic, orderId(index), spread(0, listing), zeroPadValue(account(1_000 + (index % 900)), 32)], data };
}
