import { AppError } from "../../schema/errors.js";
import { openLink } from "../open-link.js";
import type { ExportLink } from "../operations/export.js";

/**
 * Streams an export's file. The bytes are the whole file only when the iteration ends without an error: the server breaks the connection of what it has to cut.
 * @throws AppError LINK_EXPIRED, LINK_INVALID, LIMIT_EXCEEDED, RATE_LIMITED (too many exports run), API_UNREACHABLE
 */
export async function* openExport(link: Pick<ExportLink, "url">, options: { fetch?: typeof fetch; signal?: AbortSignal } = {}): AsyncGenerator<Uint8Array, void, undefined> {
  const body = await openLink(new URL(link.url), "API_UNREACHABLE", options);
  try {
    yield* body;
  } catch (cause) {
    throw new AppError("API_UNREACHABLE", "The export broke off before its end: it took too long, became too large, or the connection was lost.", { cause });
  }
}
