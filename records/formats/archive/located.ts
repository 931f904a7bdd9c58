import { AppError } from "../../../schema/errors.js";
import type { Place } from "../../refuse.js";

/** Which part of a record set something is of: a file of an archive, a page of a document, or a page of such a file. */
export type Part = Pick<Place, "member" | "page">;

/** @returns the error, with the part of the record set that it is of. */
export function ofPart({ member, page }: Part, error: unknown): unknown {
  if (!(error instanceof AppError) || error.details["member"] !== undefined) return error;
  const where = [...(member === undefined ? [] : [`File ${member} of the archive`]), ...(page === undefined ? [] : [`page ${page}`])].join(", ");
  return where === "" ? error : new AppError(error.code, `${where.charAt(0).toUpperCase()}${where.slice(1)}: ${error.message}`, { details: { ...error.details, ...(member === undefined ? {} : { member }), ...(page === undefined ? {} : { page }) }, cause: error });
}

/** Passes bytes on; what they throw says which part it is of. */
export async function* located(part: Part, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try { yield* bytes; }
  catch (error) { throw ofPart(part, error); }
}
