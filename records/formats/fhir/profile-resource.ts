import { dayOf } from "../../dates.js";
import type { ProfileBuilder } from "../../profile.js";
import { isObject, type Json } from "./patients.js";
import { referenceTarget } from "./references.js";

const modalities: Readonly<Record<string, string>> = {
  Patient: "DEMOGRAPHICS", Person: "DEMOGRAPHICS", Condition: "CONDITIONS", MedicationRequest: "MEDICATIONS", MedicationStatement: "MEDICATIONS", MedicationAdministration: "MEDICATIONS",
  MedicationDispense: "MEDICATIONS", Procedure: "PROCEDURES", Encounter: "ENCOUNTERS", EpisodeOfCare: "ENCOUNTERS", Immunization: "IMMUNIZATIONS", AllergyIntolerance: "ALLERGIES",
  DiagnosticReport: "REPORTS", ImagingStudy: "IMAGING", ImagingSelection: "IMAGING", Media: "IMAGING", CarePlan: "CARE_PLANS", Goal: "CARE_PLANS", FamilyMemberHistory: "FAMILY_HISTORY", Specimen: "SPECIMENS",
  Claim: "CLAIMS", ClaimResponse: "CLAIMS", ExplanationOfBenefit: "CLAIMS", Coverage: "CLAIMS", MolecularSequence: "GENOMICS", GenomicStudy: "GENOMICS", QuestionnaireResponse: "SURVEYS", RiskAssessment: "RISK_ASSESSMENTS",
};
const categories: Readonly<Record<string, string>> = { laboratory: "LABORATORY", "vital-signs": "VITAL_SIGNS", imaging: "IMAGING", survey: "SURVEYS", "social-history": "SOCIAL_HISTORY" };
/** What a resource of the type should fill; `a|b` is a choice, also of what R4 and R5 call it. */
const expected: Readonly<Record<string, readonly string[]>> = {
  Patient: ["gender", "birthDate"],
  Observation: ["code", "subject", "effectiveDateTime|effectivePeriod|effectiveInstant|effectiveTiming", "valueQuantity|valueCodeableConcept|valueInteger|valueBoolean|valueRatio|valueRange|valueSampledData|valueDateTime|valuePeriod|component|hasMember"],
  Condition: ["code", "subject", "onsetDateTime|onsetAge|onsetPeriod|onsetRange|recordedDate"],
  MedicationRequest: ["medicationCodeableConcept|medicationReference|medication", "subject", "authoredOn", "dosageInstruction"],
  Procedure: ["code", "subject", "performedDateTime|performedPeriod|performedAge|occurrenceDateTime|occurrencePeriod|occurrenceAge"],
  Encounter: ["class", "subject", "period|actualPeriod"],
  Immunization: ["vaccineCode", "patient", "occurrenceDateTime"],
  AllergyIntolerance: ["code", "patient"],
  DiagnosticReport: ["code", "subject", "effectiveDateTime|effectivePeriod", "result"],
  ImagingStudy: ["subject", "started", "series"],
};
/** Dates that are of the record keeping, not of the illness. */
const clerical = new Set(["birthDate", "lastUpdated", "timestamp", "expirationDate", "bornDate"]);

function walk(value: Json, builder: ProfileBuilder): void {
  for (const key of Object.keys(value)) {
    const inner = value[key];
    if (typeof inner === "string") {
      if (key === "reference") { const target = referenceTarget(inner); if (target?.type === "Patient") builder.patient(target.id); }
      else if (key === "system" && typeof value["code"] === "string" && !inner.startsWith("urn:uuid:")) builder.system(inner);
      else if (!clerical.has(key) && /^\d{4}(?:-|$)/.test(inner)) builder.date(dayOf(inner));
    } else if (Array.isArray(inner)) { for (const item of inner as unknown[]) if (isObject(item)) walk(item, builder); }
    else if (isObject(inner)) walk(inner, builder);
  }
}

const codings = (concept: unknown): Json[] => (isObject(concept) && Array.isArray(concept["coding"]) ? (concept["coding"] as unknown[]).filter(isObject) : []);

/** Adds a de-identified resource, or a bundle's, to a profile. */
export function profileResource(resource: Json, builder: ProfileBuilder): void {
  const type = String(resource["resourceType"]);
  if (type === "Bundle") {
    for (const entry of Array.isArray(resource["entry"]) ? (resource["entry"] as unknown[]) : []) if (isObject(entry) && isObject(entry["resource"])) profileResource(entry["resource"], builder);
    return;
  }
  builder.records += 1;
  builder.type(type);
  if (type === "Patient" && typeof resource["id"] === "string") builder.patient(resource["id"]);
  const known = modalities[type];
  if (known !== undefined) builder.modality(known);
  if (type === "Observation") {
    const category = (Array.isArray(resource["category"]) ? (resource["category"] as unknown[]) : []).flatMap(codings).map((coding) => categories[String(coding["code"])]).find((found) => found !== undefined);
    builder.modality(category ?? "OBSERVATIONS");
  }
  if (type === "Condition") for (const { system, code } of codings(resource["code"])) if (typeof system === "string" && typeof code === "string" && !system.startsWith("urn:")) builder.condition(system, code);
  for (const choice of expected[type] ?? []) builder.expect(choice.split("|").some((element) => resource[element] !== undefined));
  walk(resource, builder);
}
