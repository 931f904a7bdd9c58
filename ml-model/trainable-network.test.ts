import assert from "node:assert/strict";
import { test } from "node:test";
import { createPrng } from "./prng.js";
import { useWasmBackend } from "./tensor-backend.js";
import { TrainableNetwork } from "./trainable-network.js";
import { createForward } from "./network.js";

test("the hand-written gradient lowers the loss to less than a quarter", async () => {
  await useWasmBackend();
  const rng = createPrng(4);
  const rows = 64;
  const x = Float32Array.from({ length: rows * 3 }, () => rng.normal());
  const y = Float32Array.from({ length: rows }, (_, i) => x[3 * i]! - 0.5 * x[3 * i + 1]! ** 2);
  const weights = Float32Array.from({ length: rows }, () => 0.2 + rng.uniform());
  const network = new TrainableNetwork([3, 8, 5, 3], rng);
  const losses = Array.from({ length: 300 }, () => {
    network.learn(x, y, weights, 0.01, 0);
    return network.loss(x, y, weights);
  });
  assert.ok(losses.at(-1)! < 0.25 * losses[0]!, `${losses[0]} → ${losses.at(-1)}`);
});

test("its loss is that of the serving path", async () => {
  await useWasmBackend();
  const rng = createPrng(5);
  const network = new TrainableNetwork([2, 6, 3], rng);
  const x = Float32Array.from({ length: 20 }, () => rng.normal());
  const y = Float32Array.from({ length: 10 }, () => rng.normal());
  const forward = createForward({ mean: new Float64Array(2), scale: new Float64Array(2).fill(1), targetMean: 0, targetScale: 1, members: [network.layers()] });
  let sum = 0;
  for (let i = 0; i < 10; i++) {
    const q = forward(x.subarray(2 * i, 2 * i + 2));
    for (const [v, tau] of [[q.low, 0.1], [q.mid, 0.5], [q.high, 0.9]] as const) sum += Math.max(tau * (y[i]! - v), (tau - 1) * (y[i]! - v));
  }
  assert.ok(Math.abs(sum / 30 - network.loss(x, y, new Float32Array(10).fill(1))) < 1e-6);
});
