import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

/** Below it a body is not worth the time, in bytes. */
const worthwhile = 1_400;
/** Fast ones: an answer is made once and sent once. */
const brotliQuality = 4;
const gzipLevel = 5;

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

/** @returns the encoding that the client takes and we like best; null for none. */
function encodingFor(request: IncomingMessage): "br" | "gzip" | null {
  if (request.headers["accept-encoding"] === undefined) return null;
  const accepted = new Map(
    [request.headers["accept-encoding"] ?? []].flat().join(",").split(",").map((each): [string, number] => {
      const [name = "", ...parameters] = each.trim().toLowerCase().split(";");
      const quality = /^\s*q=([\d.]+)\s*$/.exec(parameters[0] ?? "")?.[1];
      return [name.trim(), quality === undefined ? 1 : Number(quality)];
    }),
  );
  const takes = (name: string): boolean => (accepted.get(name) ?? accepted.get("*") ?? 0) > 0;
  return takes("br") ? "br" : takes("gzip") ? "gzip" : null;
}

/** Encodes a text body as the client takes it. @returns the bytes, or the text where it stays one, and the headers that say so. */
export async function compress(request: IncomingMessage, body: string | Buffer): Promise<{ bytes: string | Buffer; headers: Record<string, string> }> {
  const encoding = body.length < worthwhile ? null : encodingFor(request);
  const headers = { vary: "accept-encoding" };
  // A text goes out together with its headers, in one piece.
  if (encoding === null) return { bytes: body, headers };
  const bytes = Buffer.from(body);
  const encoded = encoding === "br" ? await brotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: brotliQuality, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }) : await zip(bytes, { level: gzipLevel });
  return { bytes: encoded, headers: { ...headers, "content-encoding": encoding } };
}
