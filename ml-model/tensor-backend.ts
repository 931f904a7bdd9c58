import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import tf from "@tensorflow/tfjs";
import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";

export { tf };

/**
 * Starts tfjs on its wasm backend; later calls return at once. Training only: the serving path never loads tfjs.
 * One thread, so that sums are always formed in the same order and the same data gives the same weights.
 */
export async function useWasmBackend(): Promise<void> {
  if (tf.getBackend() === "wasm") return;
  const folder = dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm/package.json"));
  setWasmPaths(`${join(folder, "wasm-out")}/`);
  setThreadsCount(1);
  await tf.setBackend("wasm");
  await tf.ready();
}
