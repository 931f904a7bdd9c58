import type { Known } from "./features.js";

/** @returns `+1,200` or `-3.40`: signed, grouped, cents below 100. */
export function signedUsd(usd: number): string {
  const size = Math.abs(usd);
  const [whole, cents] = size.toFixed(size < 100 ? 2 : 0).split(".") as [string, string?];
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return `${usd < 0 ? "-" : "+"}${grouped}${cents === undefined ? "" : `.${cents}`}`;
}

const number = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
const percent = (share: number): string => `${Math.round(share * 100)} %`;
const duration = (days: number): string => (days < 60 ? `${Math.round(days)} days` : days < 730 ? `${Math.round(days / 30.44)} months` : `${Math.round(days / 365.25)} years`);
const plural = (n: number, one: string, many: string): string => `${number(n)} ${n === 1 ? one : many}`;
const words = (names: readonly string[]): string => names.map((n) => n.toLowerCase().replaceAll("_", " ")).join(", ");

/** What each field says, in the words of buyers and providers. */
const clauses: Record<string, (k: Known) => string> = {
  patients: (k) => `it covers ${plural(k.patients, "patient", "patients")}`,
  records: (k) => `it holds ${plural(k.records, "record", "records")}`,
  bytes: (k) => `a record has about ${plural(Math.max(1, Math.round(k.bytes / k.records)), "byte", "bytes")}`,
  kind: (k) => `its format is ${k.kind}`,
  modalities: (k) => {
    const mix = Object.entries(k.modalities).filter(([, s]) => s > 0).sort((a, b) => b[1] - a[1]).slice(0, 3);
    return mix.length === 0 ? "what it is about is unknown" : `it is ${mix.map(([m, s]) => `${percent(s)} ${m}`).join(", ")}`;
  },
  codeSystems: (k) => (k.codeSystems.length === 0 ? "it uses no standard terminology" : `it is coded in ${k.codeSystems.join(", ")}`),
  codedShare: (k) => `${percent(k.codedShare)} of the values are coded`,
  completeness: (k) => `${percent(k.completeness)} of the expected fields are filled`,
  recencyDays: (k) => `the newest record is ${duration(k.recencyDays)} old`,
  spanDays: (k) => `the records span ${duration(k.spanDays)}`,
  prevalence: (k) => `its rarest condition has a prevalence of 1 in ${number(Math.round(1 / k.prevalence))}`,
  linkability: (k) => `${percent(k.linkability)} of the records can be joined by patient`,
  annotation: (k) => `${percent(k.annotation)} of the records are annotated by experts`,
  deidentification: (k) => `de-identification is ${words([k.deidentification])}`,
  kAnonymity: (k) => `its k-anonymity is ${number(k.kAnonymity)}`,
  purposes: (k) => (k.purposes.length === 0 ? "consent covers no purpose" : `consent covers ${words(k.purposes)}`),
  exclusive: (k) => (k.exclusive ? "it is sold exclusively" : "it is not sold exclusively"),
  likeSales: (k) => `${plural(k.likeSales, "like listing was", "like listings were")} sold lately`,
  likePremium: (k) => `like listings sold ${percent(Math.abs(Math.expm1(k.likePremium)))} ${k.likePremium < 0 ? "below" : "above"} prediction`,
  demand: (k) => `${plural(k.demand, "buyer was", "buyers were")} active lately`,
  supply: (k) => `${plural(k.supply, "like listing is", "like listings are")} on offer`,
  commercialShare: (k) => `${percent(k.commercialShare)} of the buyers are enterprises`,
};

/** @returns e.g. `+1,200 because the records span 9 years`, with `(assumed)` after what was not told. */
export function reasonText(field: string, known: Known, usd: number, isAssumed: boolean): string {
  return `${signedUsd(usd)} because ${clauses[field]?.(known) ?? field}${isAssumed ? " (assumed)" : ""}`;
}
