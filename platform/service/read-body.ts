import type { IncomingMessage } from "node:http";
import { AppError } from "../../schema/errors.js";

/** A body must be here within this time, in ms: slow senders must not hold connections. */
const bodyTimeoutMs = 30_000;

/** @throws AppError LIMIT_EXCEEDED for more than `limit` bytes, BAD_INPUT when it does not arrive in time. */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const tooLarge = (): void => fail(new AppError("LIMIT_EXCEEDED", `The request has more than ${limit} bytes.`, { details: { limit } }));
    const chunks: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => request.destroy(new AppError("BAD_INPUT", "The request's body did not arrive in time.")), bodyTimeoutMs);
    const leave = (): void => {
      clearTimeout(timer);
      request.off("data", take).off("end", finish).off("error", fail).off("close", cut);
    };
    function fail(error: Error): void {
      leave();
      request.pause();
      reject(error);
    }
    function take(chunk: Buffer): void {
      size += chunk.length;
      if (size > limit) return tooLarge();
      chunks.push(chunk);
    }
    function finish(): void {
      leave();
      resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
    }
    function cut(): void {
      fail(Object.assign(new Error("The request ended before its body did."), { code: "ERR_STREAM_PREMATURE_CLOSE" }));
    }
    if (Number(request.headers["content-length"] ?? 0) > limit) return tooLarge();
    request.on("data", take).on("end", finish).on("error", fail).on("close", cut);
  });
}
