import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import * as archive from "./formats/archive/rules.js";
import * as csv from "./formats/csv/rules.js";
import { confidentialityTable } from "./formats/dicom/generated/confidentiality.js";
import { dictionaryTable } from "./formats/dicom/generated/dictionary.js";
import * as dicom from "./formats/dicom/rules.js";
import * as fhir from "./formats/fhir/rules.js";
import * as image from "./formats/image/rules.js";
import * as pdf from "./formats/pdf/rules.js";
import { nameTable, wordTable } from "./formats/note/generated/words.js";
import * as noteLimits from "./formats/note/limits.js";
import * as noteWords from "./formats/note/medical-words.js";
import * as noteNames from "./formats/note/names.js";
import * as noteRules from "./formats/note/rules.js";
import * as hl7v2 from "./formats/hl7v2/rules.js";
import { codeSetTable, typeTable, vocabularyTable } from "./formats/fhir/generated/tables.js";
import * as r5 from "./formats/fhir/generated/tables-r5.js";
import { codeSystems } from "./terminology/code-systems.js";
import { annotations, metricAtoms, plainAtoms } from "./terminology/units.js";
import { countries, restrictedZip3, usStates } from "./terminology/places.js";

/** What the standards name, and what the structured formats' rules are made of. */
const standards = (): unknown => ({
  archive: { ...archive },
  csv: { ...csv },
  dicom: { ...dicom, codeStrings: [...dicom.codeStrings], confidentialityTable, dictionaryTable },
  image: { ...image },
  pdf: { ...pdf },
  hl7v2: { ...hl7v2 },
  fhir: { ...fhir, typeTable, codeSetTable, vocabularyTable, r5: { ...r5 } },
  terminology: { codeSystems, annotations, metricAtoms, plainAtoms, countries: [...countries], restrictedZip3: [...restrictedZip3], usStates: [...usStates] },
});

/** Everything that decides what stays, as data. A change of any of it changes the hash. */
const data = (): unknown => [standards(), { ...noteRules, ...noteNames, ...noteWords, ...noteLimits, wordTable, nameTable }];

let words: Set<string> | undefined;

/** Whether a word in lower case stands in the rules' data: as one of the standards', it tells of nobody. */
export function isStandardWord(word: string): boolean {
  words ??= new Set(JSON.stringify(standards()).toLowerCase().match(/\p{L}{4,}/gu));
  return words.has(word);
}

let hash: string | undefined;

/** The version of the de-identification rules, raised by hand, and the SHA-256 of their data, which cannot be forgotten. */
export const rules = {
  version: "1.4.0",
  /** Lower-case hex. */
  get rulesHash(): string {
    return (hash ??= bytesToHex(sha256(utf8ToBytes(JSON.stringify(data())))));
  },
} as const;
