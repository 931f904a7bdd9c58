import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../schema/errors.js";
import type { Calibration } from "./calibration.js";
import { features, featureVersion } from "./features.js";
import type { Dense, Ensemble } from "./network.js";

export const modelFormat = "galen-price-model/1";

/** Where a model's knowledge comes from. */
export interface TrainingRecord {
  /** `simulator` alone, or finished sales on top of it. */
  readonly source: "simulator" | "sales";
  readonly rows: number;
  readonly seed: number;
  /** SHA-256 of features, targets and weights as trained on; 0x-hex. */
  readonly dataDigest: string;
  readonly options: Readonly<Record<string, number | readonly number[]>>;
  /** Sales up to and with this block; null for the simulator. */
  readonly asOfBlock: number | null;
  /** Seed of the simulated rows; null when there are none. */
  readonly simulatorSeed: number | null;
}

/** What `model.json` holds; the networks' numbers are in `weights.bin` (float32, little-endian, weights then bias, layer by layer). */
interface Manifest {
  readonly format: typeof modelFormat;
  readonly version: string;
  readonly featureVersion: number;
  readonly features: readonly string[];
  readonly input: { readonly mean: readonly number[]; readonly scale: readonly number[]; readonly low: readonly number[]; readonly high: readonly number[] };
  readonly target: { readonly unit: "ln USD"; readonly mean: number; readonly scale: number };
  /** Sizes of the layers, features first; the same for all members. */
  readonly layers: readonly number[];
  readonly members: number;
  readonly calibration: Calibration;
  /** Mean feature vectors: of all listings, and by kind. What reasons compare with. */
  readonly typical: { readonly all: readonly number[]; readonly byKind: Readonly<Record<string, readonly number[]>> };
  readonly training: TrainingRecord;
}

/** A model, ready to predict. */
export interface PriceModel {
  readonly version: string;
  /** SHA-256 over format, model.json and weights.bin: 0x and 64 hex digits, as it goes on the chain. */
  readonly modelHash: string;
  /** SHA-256 of the canonical calibration; 0x-hex. */
  readonly calibrationId: string;
  readonly ensemble: Ensemble;
  readonly calibration: Calibration;
  /** The range of each feature in training (0.1 % and 99.9 % quantile). */
  readonly range: { readonly low: readonly number[]; readonly high: readonly number[] };
  readonly typical: Manifest["typical"];
  readonly training: TrainingRecord;
}

/** A model before it has a hash. */
export type PriceModelParts = Omit<PriceModel, "modelHash" | "calibrationId">;

const sha256 = (...parts: (string | Uint8Array)[]): string => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
};

/** @returns JSON with sorted keys and no spaces, which for plain values is RFC 8785. */
const canonical = (value: unknown): string => JSON.stringify(value, (_, v: unknown) =>
  (v !== null && typeof v === "object" && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1))) : v));

/** The two files of a model and their digest. Same parts, same bytes. */
export function serialiseModel(parts: PriceModelParts): { json: string; weights: Uint8Array; modelHash: string; calibrationId: string } {
  const { ensemble } = parts;
  const first = ensemble.members[0]!;
  const manifest: Manifest = {
    format: modelFormat, version: parts.version, featureVersion, features: features.map((f) => f.name),
    input: { mean: [...ensemble.mean], scale: [...ensemble.scale], ...parts.range },
    target: { unit: "ln USD", mean: ensemble.targetMean, scale: ensemble.targetScale },
    layers: [first[0]!.inputs, ...first.map((layer) => layer.outputs)], members: ensemble.members.length,
    calibration: parts.calibration, typical: parts.typical, training: parts.training,
  };
  const json = canonical(manifest);
  const numbers = ensemble.members.flatMap((member) => member.flatMap((layer) => [layer.weights, layer.bias]));
  const weights = new Uint8Array(4 * numbers.reduce((sum, n) => sum + n.length, 0));
  const view = new DataView(weights.buffer);
  let at = 0;
  for (const array of numbers) for (const v of array) { view.setFloat32(at, v, true); at += 4; }
  return { json, weights, modelHash: hashFiles(json, weights), calibrationId: `0x${sha256(canonical(parts.calibration))}` };
}

const hashFiles = (json: string | Uint8Array, weights: Uint8Array): string =>
  `0x${sha256(`${modelFormat}\n`, sha256(json), "\n", sha256(weights), "\n")}`;

/** Writes `model.json`, `weights.bin` and `digest` into `folder`. @returns the model's hash. */
export async function saveModel(folder: string, parts: PriceModelParts): Promise<string> {
  const { json, weights, modelHash } = serialiseModel(parts);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "model.json"), json);
  await writeFile(join(folder, "weights.bin"), weights);
  await writeFile(join(folder, "digest"), `${modelHash}\n`);
  return modelHash;
}

/**
 * Reads a model and compares it with its digest.
 * @throws AppError MODEL_INVALID when a file is missing, was changed, or belongs to another version of the features.
 */
export async function loadModel(folder: string): Promise<PriceModel> {
  let json: Buffer, weights: Buffer, digest: string;
  try {
    [json, weights, digest] = await Promise.all([
      readFile(join(folder, "model.json")), readFile(join(folder, "weights.bin")), readFile(join(folder, "digest"), "utf8"),
    ]);
  } catch (cause) {
    throw new AppError("MODEL_INVALID", "A file of the price model cannot be read.", { cause });
  }
  return parseModel(json, weights, digest.trim());
}

/**
 * @param json - the bytes of `model.json` @param weights - those of `weights.bin`
 * @throws AppError MODEL_INVALID when they do not match the hash, or belong to another version of the features.
 */
export function parseModel(json: Uint8Array, weights: Uint8Array, modelHash: string): PriceModel {
  if (hashFiles(json, weights) !== modelHash) throw new AppError("MODEL_INVALID", "The price model's files do not match their digest.");
  return deserialiseModel(new TextDecoder().decode(json), weights, modelHash);
}

function deserialiseModel(json: string, weights: Uint8Array, modelHash: string): PriceModel {
  const m = JSON.parse(json) as Manifest; // its digest was compared: the bytes are those that serialiseModel wrote
  if (m.format !== modelFormat || m.featureVersion !== featureVersion || m.features.join() !== features.map((f) => f.name).join()) {
    throw new AppError("MODEL_INVALID", "The price model was trained on another version of the features.");
  }
  const perMember = m.layers.slice(1).reduce((sum, outputs, k) => sum + outputs * (m.layers[k]! + 1), 0);
  if (weights.length !== 4 * perMember * m.members) throw new AppError("MODEL_INVALID", "The price model's weights have the wrong size.");
  const view = new DataView(weights.buffer, weights.byteOffset, weights.byteLength);
  let at = 0;
  const take = (n: number): Float32Array => Float32Array.from({ length: n }, () => { const v = view.getFloat32(at, true); at += 4; return v; });
  const members = Array.from({ length: m.members }, () => m.layers.slice(1).map((outputs, k): Dense => {
    const inputs = m.layers[k]!;
    return { inputs, outputs, weights: take(inputs * outputs), bias: take(outputs) };
  }));
  return {
    version: m.version, modelHash, calibrationId: `0x${sha256(canonical(m.calibration))}`,
    ensemble: {
      mean: Float64Array.from(m.input.mean), scale: Float64Array.from(m.input.scale),
      targetMean: m.target.mean, targetScale: m.target.scale, members,
    },
    calibration: m.calibration, range: { low: m.input.low, high: m.input.high }, typical: m.typical, training: m.training,
  };
}
