import type { IncomingMessage } from "node:http";
import { AppError } from "../../schema/errors.js";

/** A body must be here within this time, in ms: slow senders must not hold connections. */
const bodyTimeoutMs = 30_000;

/** @throws AppError LIMIT_EXCEEDED for more than `limit` bytes, BAD_INPUT when it does not arrive in time. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const tooLarge = (): AppError => new AppError("LIMIT_EXCEEDED", `The request has more than ${limit} bytes.`, { details: { limit } });
  if (Number(request.headers["content-length"] ?? 0) > limit) throw tooLarge();
  const timer = setTimeout(() => request.destroy(new AppError("BAD_INPUT", "The request's body did not arrive in time.")), bodyTimeoutMs);
  try {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) throw tooLarge();
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } finally {
    clearTimeout(timer);
  }
}
