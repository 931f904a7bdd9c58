import { AppError } from "../../schema/errors.js";

const segment = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;

/** @throws AppError BAD_INPUT for a key that could leave its folder or that S3 would treat differently. */
export function checkObjectKey(key: string): string {
  if (key.length > 512 || !key.split("/").every((part) => segment.test(part))) throw new AppError("BAD_INPUT", "An object key has characters that are not allowed.");
  return key;
}
