import type { AppError } from "../../schema/errors.js";

/** @returns what a body holds, in UTF-8. @throws what `refuse` gives, without the cause: that quotes the body */
export function parseJson(body: Uint8Array, refuse: () => AppError): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)) as unknown;
  } catch {
    throw refuse();
  }
}
