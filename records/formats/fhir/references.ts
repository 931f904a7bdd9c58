import type { Pseudonyms } from "../../pseudonym.js";
import { isType } from "./types.js";

const relative = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;
const absolute = /^(https?:\/\/.+)\/([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;

/** @returns the pseudonym of a resource's id, the same in every resource that refers to it. */
export const pseudonymId = (pseudonyms: Pseudonyms, id: string): string => pseudonyms.hex("id", id);

/**
 * Renames a reference as the resource that it points to is renamed, so that it still points there.
 * @returns null for what is no reference (a search, a free URL): it is to be removed.
 */
export function remapReference(pseudonyms: Pseudonyms, reference: string): string | null {
  if (reference === "#") return reference;
  if (reference.startsWith("#")) return `#${pseudonymId(pseudonyms, reference.slice(1))}`;
  if (/^urn:(uuid|oid):/.test(reference)) return `urn:uuid:${pseudonyms.uuid("urn", reference)}`;
  const near = relative.exec(reference);
  if (near?.[1] !== undefined && near[2] !== undefined) return isType(near[1]) ? `${near[1]}/${pseudonymId(pseudonyms, near[2])}` : null;
  const far = absolute.exec(reference);
  if (far?.[1] === undefined || far[2] === undefined || far[3] === undefined || !isType(far[2])) return isType(reference) ? reference : null;
  return `https://${pseudonyms.hex("base", far[1], 12)}.invalid/${far[2]}/${pseudonymId(pseudonyms, far[3])}`;
}

/** @returns type and id of a reference in the form `Type/id`, absolute or not, else null. */
export function referenceTarget(reference: string): { type: string; id: string } | null {
  const found = relative.exec(reference);
  if (found?.[1] !== undefined && found[2] !== undefined) return { type: found[1], id: found[2] };
  const far = absolute.exec(reference);
  return far?.[2] !== undefined && far[3] !== undefined ? { type: far[2], id: far[3] } : null;
}
