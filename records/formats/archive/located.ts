import { AppError } from "../../../schema/errors.js";

/** @returns the error, with the member of the archive that it is of. */
export const ofMember = (index: number, error: unknown): unknown => (!(error instanceof AppError) || error.details["member"] !== undefined ? error
  : new AppError(error.code, `File ${index} of the archive: ${error.message}`, { details: { ...error.details, member: index }, cause: error }));

/** Passes bytes on; what they throw says which member it is of. */
export async function* located(index: number, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try { yield* bytes; }
  catch (error) { throw ofMember(index, error); }
}
