import { fromWebStream } from "../crypto/envelope/web-stream.js";
import { AppError, type ErrorCode } from "../schema/errors.js";
import { fromErrorBody } from "./error-body.js";

/**
 * Opens a link of the platform, and streams what lies behind it.
 * @param unreachable - the code where its server cannot be reached
 * @throws AppError the server's own code, e.g. LINK_EXPIRED; `unreachable`
 */
export async function openLink(url: URL, unreachable: ErrorCode, options: { fetch?: typeof fetch; signal?: AbortSignal } = {}): Promise<AsyncIterable<Uint8Array>> {
  let response: Response;
  try {
    response = await (options.fetch ?? fetch)(url, options.signal ? { signal: options.signal } : {});
  } catch (cause) {
    throw new AppError(unreachable, "The link's server cannot be reached.", { cause });
  }
  if (!response.ok || !response.body) {
    throw fromErrorBody(await response.text().catch(() => ""), `The link was answered with status ${response.status}.`);
  }
  return fromWebStream(response.body);
}
