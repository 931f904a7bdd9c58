import type { PriceModel } from "./model-file.js";
import { predictInterval } from "./predict-interval.js";
import type { PriceInput } from "./price-input.js";
import { encode, type Known } from "./features.js";
import { signedUsd } from "./reason-text.js";

/** Something that a provider can do, and what the model would then expect. */
export interface Counterfactual {
  readonly feature: string;
  /** `annotating half of the records would add about +1,200`. */
  readonly text: string;
  /** Change of p50 in the payment token's smallest unit; always above 0. */
  readonly gain: bigint;
  /** The changed input, to be asked about further. */
  readonly input: PriceInput;
}

/** What lies in a provider's hands. Size, age or rarity of the data do not. Null: nothing left to do. */
const actions: readonly { feature: string; text: string; change: (k: Known) => Partial<PriceInput> | null }[] = [
  { feature: "annotation", text: "having experts annotate half of the records", change: (k) => (k.annotation < 0.5 ? { annotation: 0.5 } : null) },
  { feature: "completeness", text: "filling the expected fields to 90 %", change: (k) => (k.completeness < 0.9 ? { completeness: 0.9 } : null) },
  { feature: "codedShare", text: "coding 90 % of the values", change: (k) => (k.codedShare < 0.9 ? { codedShare: 0.9 } : null) },
  { feature: "linkability", text: "keeping a pseudonym that joins all records of a patient", change: (k) => (k.linkability < 1 && k.records > k.patients ? { linkability: 1 } : null) },
  {
    feature: "codeSystems", text: "adding SNOMED CT codes",
    change: (k) => (k.codeSystems.includes("SNOMED") ? null : { codeSystems: [...k.codeSystems, "SNOMED"] }),
  },
  {
    feature: "purposes", text: "consent to commercial use",
    change: (k) => (k.purposes.includes("COMMERCIAL") ? null : { purposes: [...k.purposes, "COMMERCIAL"] }),
  },
  { feature: "exclusive", text: "selling to one buyer only", change: (k) => (k.exclusive ? null : { exclusive: true }) },
];

/**
 * What a provider could do about the price. Each action is tried alone; those that add nothing are left out.
 * The model says what such listings sell for, not that the action causes it: docs/price-model.md.
 * @returns largest gain first.
 */
export function counterfactuals(model: PriceModel, input: PriceInput): Counterfactual[] {
  const now = predictInterval(model, input).p50;
  const { known } = encode(input);
  return actions
    .flatMap(({ feature, text, change }): Counterfactual[] => {
      const changed = change(known);
      if (changed === null) return [];
      const next = { ...input, ...changed };
      const gain = predictInterval(model, next).p50 - now;
      return gain > 0n ? [{ feature, gain, input: next, text: `${text} would add about ${signedUsd(Number(gain) / 1e6)}` }] : [];
    })
    .sort((a, b) => (a.gain > b.gain ? -1 : a.gain < b.gain ? 1 : 0));
}
