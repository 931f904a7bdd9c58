import type { ChainHeader, ChainRpc } from "./chain-rpc.js";
import type { ChainWatchSeen } from "../schema/chain-watch.js";

/** Blocks that are looked back at when nothing is known yet, or much came at once. */
const lookBack = 100;
/** A signer that has sealed none of so many blocks has left. */
const forgetAfter = 10_000;

/** Who seals the chain's blocks, and when each last did: for alarms, so a re-org is none of its business. */
export class Signers {
  readonly #lastBlock = new Map<string, number>();
  #seen = -1;

  /** Looks at the blocks that came since the last time. */
  async follow(rpc: ChainRpc, head: ChainHeader): Promise<void> {
    if (head.signer === null || head.height <= this.#seen) return;
    const from = Math.max(0, this.#seen + 1, head.height - lookBack + 1);
    for (const { signer, height } of from === head.height ? [head] : await rpc.headers(from, head.height)) {
      if (signer !== null) this.#lastBlock.set(signer, height);
    }
    this.#seen = head.height;
    for (const [signer, height] of this.#lastBlock) if (height < head.height - forgetAfter) this.#lastBlock.delete(signer);
  }

  get list(): ChainWatchSeen["signers"] {
    return [...this.#lastBlock].map(([address, lastBlock]) => ({ address, lastBlock })).sort((a, b) => (a.address < b.address ? -1 : 1));
  }
}
