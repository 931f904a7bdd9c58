import { patientElements } from "./rules.js";
import { referenceTarget } from "./references.js";

export type Json = { readonly [name: string]: unknown };
export const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

/** The shift of what belongs to no patient: definitions of the ward, the bundle itself. */
export const nobody = "*";

/** Every reference inside, at any depth. */
function references(value: unknown, found: Set<string>, depth = 0): Set<string> {
  if (depth > 80) return found;
  if (Array.isArray(value)) for (const item of value) references(item, found, depth + 1);
  else if (isObject(value)) {
    if (typeof value["reference"] === "string") found.add(value["reference"]);
    for (const name of Object.keys(value)) { const inner = value[name]; if (typeof inner === "object") references(inner, found, depth + 1); }
  }
  return found;
}

const patientId = (reference: string, aliases: ReadonlyMap<string, string> | undefined): string | null => {
  const alias = aliases?.get(reference);
  if (alias !== undefined) return alias;
  const target = referenceTarget(reference);
  return target?.type === "Patient" ? target.id : null;
};

/** @returns the id of the patient that a resource names itself, or null. */
export function directPatient(resource: Json, aliases?: ReadonlyMap<string, string>): string | null {
  if (resource["resourceType"] === "Patient") return typeof resource["id"] === "string" ? resource["id"] : null;
  for (const name of patientElements) {
    const value = resource[name];
    const reference = isObject(value) ? value["reference"] : undefined;
    if (typeof reference === "string") { const id = patientId(reference, aliases); if (id !== null) return id; }
  }
  return null;
}

/** @returns the patient of a resource on its own: the one it names, or the only one it refers to anywhere, else `nobody`. */
export function patientOf(resource: Json): string {
  const direct = directPatient(resource);
  if (direct !== null) return direct;
  const ids = new Set([...references(resource, new Set())].map((reference) => patientId(reference, undefined)).filter((id) => id !== null));
  const [only] = ids;
  return ids.size === 1 && only !== undefined ? only : nobody;
}

interface Entry { readonly resource: Json; readonly names: readonly string[] }

/**
 * Tells the patient of each resource of a bundle: directly, or over the resources that it refers to, so that all dates of one
 * patient move alike. A bundle about one patient is that patient's throughout.
 */
export function patientsOfBundle(bundle: Json): { of: (resource: Json) => string; whole: string } {
  const entries: Entry[] = [];
  const aliases = new Map<string, string>();
  for (const entry of Array.isArray(bundle["entry"]) ? (bundle["entry"] as unknown[]) : []) {
    if (!isObject(entry) || !isObject(entry["resource"])) continue;
    const { resource, fullUrl } = entry;
    const id = resource["id"];
    const names = [...(typeof fullUrl === "string" ? [fullUrl] : []), ...(typeof id === "string" ? [`${String(resource["resourceType"])}/${id}`] : [])];
    entries.push({ resource, names });
    if (resource["resourceType"] !== "Patient") continue;
    const key = typeof id === "string" ? id : names[0];
    if (key !== undefined) for (const name of names) aliases.set(name, key);
  }
  const patients = new Set(aliases.values());
  const [only] = patients;
  if (patients.size === 1 && only !== undefined) return { of: (resource) => directPatient(resource, aliases) ?? only, whole: only };

  const known = new Map<Json, string>();
  const byName = new Map<string, string>();
  const settle = ({ resource, names }: Entry, patient: string): void => { known.set(resource, patient); for (const name of names) byName.set(name, patient); };
  for (const entry of entries) {
    const direct = entry.resource["resourceType"] === "Patient" ? aliases.get(entry.names[0] ?? "") : directPatient(entry.resource, aliases);
    if (direct !== undefined && direct !== null) settle(entry, direct);
  }
  const open = entries.filter(({ resource }) => !known.has(resource)).map((entry) => ({ entry, refs: [...references(entry.resource, new Set())] }));
  for (let moved = true, round = 0; moved && round < 8; round += 1) {
    moved = false;
    for (const { entry, refs } of open) {
      if (known.has(entry.resource)) continue;
      const ids = new Set(refs.map((ref) => patientId(ref, aliases) ?? byName.get(ref)).filter((id) => id !== undefined));
      const [one] = ids;
      if (ids.size === 1 && one !== undefined) { settle(entry, one); moved = true; }
    }
  }
  return { of: (resource) => known.get(resource) ?? nobody, whole: nobody };
}
