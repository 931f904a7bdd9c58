import { AppError } from "../../schema/errors.js";

export const defaultPageSize = 20;
export const maxPageSize = 200;

/** @throws AppError BAD_INPUT below 1, LIMIT_EXCEEDED above the cap. */
export function pageSize(first: number | null | undefined, field = "first"): number {
  const size = first ?? defaultPageSize;
  if (size < 1) throw new AppError("BAD_INPUT", `\`${field}\` is at least 1.`, { details: { field } });
  if (size > maxPageSize) throw new AppError("LIMIT_EXCEEDED", `A page has at most ${maxPageSize} entries.`, { details: { field, limit: maxPageSize } });
  return size;
}
