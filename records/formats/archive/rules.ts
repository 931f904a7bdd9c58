import type { FileFormat } from "../../format.js";

/** Members of an archive: what the directory of so many takes stays far below the memory that streaming may use. */
export const maxMembers = 10_000;

/** What the members may grow to, as a multiple of the archive's own bytes. Deflate gains about 1,000 at most, and text of real records 5 to 40. */
export const maxRatio = 200;

/** An archive of a few repeated lines may exceed the ratio up to this many bytes. */
export const ratioFloor = 16 * 2 ** 20;

/** A member up to this size is held; a longer one is streamed, and a longer table read again from the archive's start. */
export const heldBytes = 4 * 2 ** 20;

/** Tables beyond `heldBytes`: each is read up to four times from the archive's start, so there can be but a few. */
export const maxLongTables = 16;

/** Files that a packing system adds by itself, none of which is a record: removed, whatever they hold. */
export const systemFiles = ["__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini"];

/** A name may have told a person, so a member is called by its number and its format. */
export const extensions: Readonly<Record<FileFormat, string>> = { FHIR_JSON: "json", FHIR_NDJSON: "ndjson", HL7V2: "hl7", CSV: "csv", DICOM: "dcm", IMAGE: "png", NOTE: "txt" };
