import { vocabularyTable } from "../formats/fhir/generated/tables.js";
import { vocabularyTableR5 } from "../formats/fhir/generated/tables-r5.js";
import { luhn, verhoeff } from "./check-digits.js";
import { isUnit } from "./units.js";

/** A terminology whose codes may stay, with the form that each code must have. */
export interface CodeSystem {
  /** Canonical URL in FHIR. The first is the one that we write. */
  readonly fhir: readonly string[];
  /** HL7v2 table 0396 names and DICOM coding scheme designators, upper case. */
  readonly names: readonly string[];
  /** Regular expression that the whole code must match. */
  readonly pattern: string;
  /** The scheme of the check digit that numeric codes end with. A number without a right one is somebody's number. */
  readonly check?: "luhn" | "verhoeff";
}

/** Default-deny: the codes of any other system are pseudonymised. Patterns are those of the terminologies' publishers. */
export const codeSystems: readonly CodeSystem[] = [
  { fhir: ["http://loinc.org"], names: ["LN", "LOINC", "LNC"], pattern: "\\d{1,5}-\\d|L[AP]\\d{1,7}-\\d", check: "luhn" },
  { fhir: ["http://snomed.info/sct"], names: ["SCT", "SNM3", "SRT", "SNM", "99SDM", "SNOMEDCT", "SCT2"], pattern: "\\d{6,18}|[A-Z]-[0-9A-F]{4,5}", check: "verhoeff" },
  { fhir: ["http://www.nlm.nih.gov/research/umls/rxnorm"], names: ["RXNORM"], pattern: "\\d{1,7}" },
  { fhir: ["http://hl7.org/fhir/sid/icd-10", "http://hl7.org/fhir/sid/icd-10-cm", "http://hl7.org/fhir/sid/icd-10-de", "http://hl7.org/fhir/sid/icd-10-nl", "http://hl7.org/fhir/sid/icd-10-us"], names: ["I10", "I10C", "ICD10", "ICD-10", "ICD10CM"], pattern: "[A-Z]\\d[0-9A-Z](?:\\.?[0-9A-Z]{1,4})?" },
  { fhir: ["http://hl7.org/fhir/sid/icd-9-cm", "http://hl7.org/fhir/sid/icd-9"], names: ["I9", "I9C", "ICD9", "ICD-9"], pattern: "(?:\\d{3}|V\\d{2}|E\\d{3})(?:\\.\\d{1,2})?" },
  { fhir: ["http://www.cms.gov/Medicare/Coding/ICD10", "http://hl7.org/fhir/sid/icd-10-pcs"], names: ["I10P", "ICD10PCS"], pattern: "[0-9BCDFGHX][0-9A-HJ-NP-Z]{2}[0-9][0-9A-HJ-NP-Z]{3}" },
  { fhir: ["http://www.ama-assn.org/go/cpt"], names: ["C4", "CPT", "CPT4", "CPT-4"], pattern: "\\d{4}[0-9FTU]" },
  { fhir: ["http://hl7.org/fhir/sid/cvx"], names: ["CVX"], pattern: "\\d{1,3}" },
  { fhir: ["http://hl7.org/fhir/sid/mvx"], names: ["MVX"], pattern: "[A-Z]{2,3}" },
  { fhir: ["http://hl7.org/fhir/sid/ndc"], names: ["NDC"], pattern: "\\d{4,5}-\\d{3,4}-\\d{1,2}" },
  { fhir: ["http://www.whocc.no/atc"], names: ["ATC", "WC"], pattern: "[A-DGHJ-NPRSV](?:\\d{2}(?:[A-Z](?:[A-Z](?:\\d{2})?)?)?)?" },
  { fhir: ["http://dicom.nema.org/resources/ontology/DCM"], names: ["DCM"], pattern: "\\d{5,6}|[A-Z]{2,3}" },
  { fhir: ["http://ncimeta.nci.nih.gov", "http://ncithesaurus-stage.nci.nih.gov"], names: ["NCIT"], pattern: "C\\d{3,7}" },
  { fhir: ["http://varnomen.hgvs.org"], names: ["HGVS"], pattern: "N[CGMPR]_\\d{6,9}\\.\\d{1,2}:[cgmn]\\.[-*]?\\d{1,9}(?:[+-]\\d{1,6})?(?:_\\d{1,9})?(?:[ACGT]{0,20}>[ACGT]{1,20}|del[ACGT]{0,20}|dup|ins[ACGT]{1,20}|=)?" },
  { fhir: ["http://www.genenames.org", "http://www.genenames.org/geneId"], names: ["HGNC"], pattern: "(?:HGNC:)?\\d{1,6}" },
  { fhir: ["http://www.ncbi.nlm.nih.gov/nuccore", "http://www.ncbi.nlm.nih.gov/projects/SNP"], names: ["DBSNP"], pattern: "(?:rs|N[CGMPR]_)\\d{3,11}(?:\\.\\d{1,2})?" },
  { fhir: ["http://www.icd10data.com/icd10pcs"], names: [], pattern: "[0-9BCDFGHX][0-9A-HJ-NP-Z]{2}[0-9][0-9A-HJ-NP-Z]{3}" },
  { fhir: ["urn:iso:std:iso:3166"], names: ["ISO3166", "ISO3166_1"], pattern: "[A-Z]{2,3}|\\d{3}" },
  { fhir: ["urn:ietf:bcp:47"], names: ["BCP47", "RFC5646"], pattern: "[a-z]{2,3}(?:-[A-Z]{2})?" },
  { fhir: ["urn:iso:std:iso:4217"], names: ["ISO4217"], pattern: "[A-Z]{3}" },
  { fhir: ["http://nucc.org/provider-taxonomy"], names: ["NUCC"], pattern: "\\d{3}[0-9A-Z]{6}X" },
  { fhir: ["urn:iso:std:iso:11073:10101"], names: ["MDC"], pattern: "\\d{3,6}" },
  { fhir: ["urn:oid:2.16.840.1.113883.6.238", "http://terminology.hl7.org/CodeSystem/v3-Race"], names: ["CDCREC", "HL70005", "HL70189"], pattern: "[1-2]\\d{3}-\\d" },
  { fhir: ["http://hl7.org/fhir/sid/icf-nl", "http://hl7.org/fhir/sid/icf"], names: ["ICF"], pattern: "[bdes]\\d{1,5}(?:\\.\\d)?" },
  { fhir: ["urn:ietf:rfc:3986"], names: [], pattern: "urn:oid:1\\.2\\.840\\.10008(?:\\.\\d{1,5}){1,10}" },
  { fhir: ["http://unitsofmeasure.org"], names: ["UCUM"], pattern: "" },
];

const compiled = codeSystems.map((system) => ({ ...system, expression: system.pattern === "" ? null : new RegExp(`^(?:${system.pattern})$`) }));
const byUrl = new Map(compiled.flatMap((system) => system.fhir.map((url) => [url, system] as const)));
const byName = new Map(compiled.flatMap((system) => system.names.map((name) => [name, system] as const)));

const vocabularies = new Map<string, Set<string>>();
// A code that either release has is a code of HL7's, and tells of nobody.
for (const line of [...vocabularyTable.trim().split("\n"), ...vocabularyTableR5.trim().split("\n")]) {
  const cut = line.indexOf("=");
  const url = line.slice(0, cut);
  vocabularies.set(url, new Set([...(vocabularies.get(url) ?? []), ...line.slice(cut + 1).split(" ")]));
}
/** FHIR moved its v2 and v3 tables; records of both addresses are about. */
const moved = (url: string): string => url
  .replace(/^http:\/\/hl7\.org\/fhir\/v2\/(\d{4})$/, "http://terminology.hl7.org/CodeSystem/v2-$1")
  .replace(/^http:\/\/hl7\.org\/fhir\/v3\/(\w+)$/, "http://terminology.hl7.org/CodeSystem/v3-$1");

function accepts(system: (typeof compiled)[number], code: string): boolean {
  if (system.expression === null) return isUnit(code);
  if (code.length > 80 || !system.expression.test(code)) return false;
  if (system.check === "luhn") return luhn(code);
  return system.check !== "verhoeff" || !/^\d+$/.test(code) || verhoeff(code);
}

/** The terminologies whose codes can be told by their form, with a test for a code. */
export const codeForms: readonly { readonly url: string; readonly plain: boolean; readonly test: (code: string) => boolean }[] = compiled
  .filter(({ expression }) => expression !== null)
  .map((system) => ({ url: system.fhir[0] ?? "", plain: !/[a-zA-Z]|-/.test(system.pattern.replaceAll("\\d", "")), test: (code) => accepts(system, code) }));

/** Codes that were met, by system: a record repeats a few of them. Only what may stay is remembered. */
const met = new Map<string, Set<string>>();
const mostMet = 10_000;

/** @returns "known" if system and code are both allowed, "bad-code" if the system is but the code is none of its, else "unknown". */
export function checkFhirCode(url: string, code: string): "known" | "bad-code" | "unknown" {
  if (met.get(url)?.has(code) === true) return "known";
  const system = byUrl.get(url);
  const accepted = system !== undefined && accepts(system, code);
  const vocabulary = accepted ? undefined : (vocabularies.get(url) ?? vocabularies.get(moved(url)));
  if (!accepted && vocabulary?.has(code) !== true) return system === undefined && vocabulary === undefined ? "unknown" : "bad-code";
  let codes = met.get(url);
  if (codes === undefined || codes.size >= mostMet) met.set(url, (codes = new Set()));
  codes.add(code);
  return "known";
}

/** The same for HL7v2 (`LN`, `HL70078`) and DICOM (`DCM`, `SCT`) names of a system. */
export function checkNamedCode(name: string, code: string): "known" | "bad-code" | "unknown" {
  const wanted = name.trim().toUpperCase();
  const system = byName.get(wanted);
  if (system !== undefined) { if (accepts(system, code)) return "known"; }
  const table = /^HL7(\d{4})$/.exec(wanted)?.[1];
  const vocabulary = table === undefined ? undefined : vocabularies.get(`http://terminology.hl7.org/CodeSystem/v2-${table}`);
  if (vocabulary?.has(code) === true) return "known";
  return system === undefined && vocabulary === undefined ? "unknown" : "bad-code";
}

/** @returns whether the URL names a system that we know. */
export const isKnownSystem = (url: string): boolean => byUrl.has(url) || vocabularies.has(url) || vocabularies.has(moved(url));

/** @returns the canonical URL for a name of HL7v2 or DICOM, or null. */
export function systemUrl(name: string): string | null {
  const wanted = name.trim().toUpperCase();
  const table = /^HL7(\d{4})$/.exec(wanted)?.[1];
  if (table !== undefined) return `http://terminology.hl7.org/CodeSystem/v2-${table}`;
  return byName.get(wanted)?.fhir[0] ?? null;
}

/** Systems whose codes are conditions, with how a code is generalised: ICD to its category of three characters. */
export function generaliseCondition(url: string, code: string): string {
  return url.includes("icd-10") || url.includes("icd-9") ? code.slice(0, 3) : code;
}

const tables = new Map([...vocabularies].flatMap(([url, codes]) => { const table = /v2-(\d{4})$/.exec(url)?.[1]; return table === undefined ? [] : [[table, codes] as const]; }));

/** @returns whether the code is one that HL7's table of this number has. */
export const inTable = (table: string, code: string): boolean => tables.get(table)?.has(code) === true;
