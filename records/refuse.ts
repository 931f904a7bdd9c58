import { AppError } from "../schema/errors.js";
import type { RecordFormat } from "./format.js";

/** Where a parser stopped. Numbers and names of the format's own elements only, never content. */
export interface Place {
  /** Byte offset from 0. */
  readonly position?: number;
  /** Line, row or message, from 1. */
  readonly line?: number;
  /** Element path of the standard, such as `Patient.birthDate`. */
  readonly path?: string;
  /** File of an archive, from 1. */
  readonly member?: number;
  /** Page of a document, from 1. */
  readonly page?: number;
}

/** @returns the error for content of a known format that cannot be parsed entirely. */
export function invalid(format: RecordFormat | "PDF", reason: string, place: Place = {}): AppError {
  return new AppError("FORMAT_INVALID", `The file is not valid ${format}: ${reason}.`, { details: { format, reason, ...place } });
}

/** @returns the error for content that parses, but whose identifiers cannot be found with certainty. */
export function refused(format: RecordFormat | "PDF", reason: string, place: Place = {}): AppError {
  return new AppError("DEIDENTIFICATION_REFUSED", `The record cannot be de-identified with certainty: ${reason}.`, { details: { format, reason, ...place } });
}
