import { AppError } from "../../schema/errors.js";

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const list = (value: unknown): Json[] => (Array.isArray(value) ? (value as unknown[]).filter(isObject) : []);
const text = (value: unknown): string => (typeof value === "string" || typeof value === "number" ? String(value) : "");

const header = ["patient id", "name", "birth date", "code", "display", "value", "unit", "effective date"] as const;

interface Person { id: string; name: string; birthDate: string }

/** Every resource inside: entries of a bundle, or the resource itself. */
function resources(value: unknown): { resource: Json; fullUrl: string }[] {
  if (!isObject(value)) return [];
  if (value["resourceType"] !== "Bundle") return [{ resource: value, fullUrl: "" }];
  return list(value["entry"]).filter((entry) => isObject(entry["resource"])).flatMap((entry) => {
    const resource = entry["resource"] as Json;
    return resource["resourceType"] === "Bundle" ? resources(resource) : [{ resource, fullUrl: text(entry["fullUrl"]) }];
  });
}

const nameOf = (resource: Json): string => {
  const name = list(resource["name"])[0];
  return name === undefined ? "" : text(name["text"]) || [...(Array.isArray(name["given"]) ? (name["given"] as unknown[]).map(text) : []), text(name["family"])].filter(Boolean).join(" ");
};

/** An observation has a value of its own, or one in each component. */
function measurements(observation: Json): { code: Json; value: Json }[] {
  const own = isObject(observation["code"]) ? [{ code: observation["code"], value: observation }] : [];
  const parts = list(observation["component"]).filter((part) => isObject(part["code"])).map((part) => ({ code: part["code"] as Json, value: part }));
  return [...own, ...parts].filter(({ value }) => isObject(value["valueQuantity"]) || isObject(value["valueCodeableConcept"]) || typeof value["valueString"] === "string" || typeof value["valueInteger"] === "number");
}

/**
 * Writes the observations of FHIR resources as a table, the way a hospital's report tool would: with names and birth dates.
 * @param files - texts of FHIR JSON: bundles, or single resources.
 * @returns CSV with a header and one record a measurement. Throws BAD_INPUT if there is none.
 */
export function observationsCsv(...files: readonly string[]): string {
  const all = files.flatMap((file) => resources(JSON.parse(file)));
  const people = new Map<string, Person>();
  for (const { resource, fullUrl } of all) {
    if (resource["resourceType"] !== "Patient") continue;
    const person = { id: text(resource["id"]), name: nameOf(resource), birthDate: text(resource["birthDate"]) };
    people.set(`Patient/${person.id}`, person);
    if (fullUrl !== "") people.set(fullUrl, person);
  }
  const records: string[][] = [];
  for (const { resource } of all) {
    if (resource["resourceType"] !== "Observation") continue;
    const subject = isObject(resource["subject"]) ? resource["subject"] : {};
    const reference = text(subject["reference"]);
    const person = people.get(reference) ?? { id: reference.slice(reference.lastIndexOf("/") + 1), name: text(subject["display"]), birthDate: "" };
    const period = isObject(resource["effectivePeriod"]) ? resource["effectivePeriod"] : {};
    const effective = text(resource["effectiveDateTime"]) || text(period["start"]);
    for (const { code, value } of measurements(resource)) {
      const coding = list(code["coding"])[0] ?? {};
      const quantity = isObject(value["valueQuantity"]) ? value["valueQuantity"] : {};
      const concept = isObject(value["valueCodeableConcept"]) ? value["valueCodeableConcept"] : {};
      const result = text(quantity["value"]) || text(value["valueInteger"]) || text(value["valueString"]) || text(concept["text"]) || text(list(concept["coding"])[0]?.["display"]);
      records.push([person.id, person.name, person.birthDate, text(coding["code"]), text(coding["display"]) || text(code["text"]), result, text(quantity["unit"]) || text(quantity["code"]), effective]);
    }
  }
  if (records.length === 0) throw new AppError("BAD_INPUT", "There is no observation with a value to make a table of.");
  const cell = (value: string): string => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  return [header, ...records].map((record) => `${record.map(cell).join(",")}\n`).join("");
}
