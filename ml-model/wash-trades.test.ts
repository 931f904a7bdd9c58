import assert from "node:assert/strict";
import { test } from "node:test";
import { madeAccount, madeSales } from "./made-sales.js";
import { loadCommittedModel } from "./predict.js";
import type { Sale } from "./sale.js";
import { linkedWeight, pairCap, washWeights } from "./wash-trades.js";

const honest = madeSales(await loadCommittedModel(), 40, 3).map((s, i) => ({ ...s, provider: madeAccount(1 + i), payee: madeAccount(1 + i), buyer: madeAccount(1001 + i) }));
const trade = (id: string, seller: number, buyer: number, payee = seller): Sale =>
  ({ ...honest[0]!, orderId: id, provider: madeAccount(seller), payee: madeAccount(payee), buyer: madeAccount(buyer) });

test("honest sales are believed fully", () => {
  assert.ok([...washWeights(honest, []).values()].every((w) => w === 1));
});

test("sales between linked accounts hardly count, over any number of steps", () => {
  const links = [[5001, 5002], [5002, 5003]].map(([a, b]) => [madeAccount(a!), madeAccount(b!)] as const);
  const weights = washWeights([...honest, trade("wash", 5001, 5003)], links);
  assert.equal(weights.get("wash"), linkedWeight);
  assert.equal(weights.get(honest[0]!.orderId), 1);
});

test("so do mutual purchases, and a seller who pays out to the buyer", () => {
  const weights = washWeights([...honest, trade("there", 6001, 6002), trade("back", 6002, 6001), trade("payee", 7001, 7002, 7002)], []);
  for (const id of ["there", "back", "payee"]) assert.equal(weights.get(id), linkedWeight, id);
});

test("one buyer of one seller counts as a few sales at most", () => {
  const many = Array.from({ length: 30 }, (_, i) => trade(`again-${i}`, 8001, 8002));
  const weights = washWeights([...honest, ...many], []);
  const together = many.reduce((sum, s) => sum + weights.get(s.orderId)!, 0);
  assert.ok(Math.abs(together - pairCap) < 1e-9);
});
