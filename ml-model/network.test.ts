import assert from "node:assert/strict";
import { test } from "node:test";
import { loadCommittedModel } from "./committed-model.js";
import { createForward, taus, type Ensemble } from "./network.js";
import { simulateMarket } from "./simulator.js";
import { tf, useWasmBackend } from "./tensor-backend.js";
import { features } from "./features.js";

/** The same networks through tfjs, standardised units. */
function throughTfjs(ensemble: Ensemble, x: Float32Array, rows: number): Float64Array {
  const columns = ensemble.mean.length;
  const standard = x.map((v, i) => (v - ensemble.mean[i % columns]!) / ensemble.scale[i % columns]!);
  const sum = new Float64Array(rows * 3);
  for (const member of ensemble.members) {
    const out = tf.tidy(() => {
      let h = tf.tensor2d(standard, [rows, columns]);
      member.forEach((layer, k) => {
        const z = tf.add(tf.matMul(h, tf.tensor2d(layer.weights, [layer.inputs, layer.outputs])), tf.tensor1d(layer.bias));
        h = (k < member.length - 1 ? tf.mul(z, tf.sigmoid(z)) : z) as typeof h;
      });
      const [m, a, b] = tf.split(h, 3, 1);
      return tf.concat([tf.sub(m!, tf.softplus(a!)), m!, tf.add(m!, tf.softplus(b!))], 1).dataSync();
    });
    out.forEach((v, i) => { sum[i]! += v / ensemble.members.length; });
  }
  return sum;
}

test("the hand-written forward pass agrees with tfjs to 1e-6 and never crosses", async () => {
  await useWasmBackend();
  const { ensemble } = await loadCommittedModel();
  const rows = 500;
  const { x } = simulateMarket(rows, 77);
  const reference = throughTfjs(ensemble, x, rows);
  const forward = createForward(ensemble);
  let worst = 0;
  for (let i = 0; i < rows; i++) {
    const q = forward(x.subarray(i * features.length, (i + 1) * features.length));
    assert.ok(q.low <= q.mid && q.mid <= q.high);
    [q.low, q.mid, q.high].forEach((v, k) => {
      const standard = (v - ensemble.targetMean) / ensemble.targetScale;
      worst = Math.max(worst, Math.abs(standard - reference[i * taus.length + k]!) / Math.max(1, Math.abs(standard)));
    });
  }
  assert.ok(worst <= 1e-6, `largest relative difference ${worst}`);
});
