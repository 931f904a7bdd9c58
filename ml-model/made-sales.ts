import type { PriceModel } from "./model-file.js";
import { predictInterval } from "./predict-interval.js";
import { kinds } from "./price-input.js";
import { createPrng } from "./prng.js";
import type { Sale } from "./sale.js";
import { simulateMarket } from "./simulator.js";

/** Account number `n` of a made market. */
export const madeAccount = (n: number): string => `0x${n.toString(16).padStart(40, "0")}`;

/**
 * Sales of a made market, for tests and for trying out a retraining: simulated listings, predicted by `model`, sold at simulated
 * prices times `e^shift`, one a block and an hour. Sellers are accounts 1…, buyers 1,000,001….
 */
export function madeSales(model: PriceModel, rows: number, seed: number, shift = 0): Sale[] {
  const rng = createPrng(seed ^ 0xbeef);
  const { inputs, y } = simulateMarket(rows, seed);
  return inputs.map((input, i): Sale => {
    const { p10, p50, p90, modelHash } = predictInterval(model, input);
    const seller = madeAccount(1 + rng.below(rows));
    return {
      orderId: `order-${String(i).padStart(7, "0")}`, listingId: `listing-${i}`, provider: seller, payee: seller, buyer: madeAccount(1_000_001 + rng.below(rows)),
      dataKind: kinds.indexOf(input.kind) + 1, price: BigInt(Math.max(1, Math.round(Math.exp(y[i]! + shift) * 1e6))), p10, p50, p90, modelHash,
      listedBlock: 100 + i, purchasedBlock: 101 + i, purchasedTime: 1_790_000_000 + 3600 * i, settledBlock: 103 + i, input,
    };
  });
}
