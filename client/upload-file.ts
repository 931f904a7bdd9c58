import { DefaultHttpStack, Upload as TusUpload, type HttpStack } from "tus-js-client";
import { base64 } from "@scure/base";
import { concat } from "../crypto/bytes.js";
import { AppError } from "../schema/errors.js";
import type { GalenClient } from "./client.js";
import { fromErrorBody } from "./error-body.js";

/** A browser's File or Blob, or in Node a Buffer or a readable stream with its size. */
export type UploadBody = Blob | Uint8Array | { stream: unknown; size: number };

export interface UploadFileOptions {
  /** From `createUpload`. */
  uploadUrl: string;
  body: UploadBody;
  /** Bytes sent and bytes in all. */
  onProgress?: (sent: number, total: number) => void;
  /** Bytes of a request, at most 8 MiB: each carries its checksum, and is taken whole or not at all. */
  chunkBytes?: number;
  signal?: AbortSignal;
}

/** The API takes this much in a request that has a checksum. */
const mostChunkBytes = 8 << 20;
/** tus 1.0: the body did not match its checksum. */
const checksumMismatch = 460;

/**
 * Sends a file by tus, each request with its SHA-256; a lost connection is resumed from what the server has.
 * @throws AppError with the API's code (FILE_TOO_LARGE, FORBIDDEN…), or INTERNAL once the retries are used up.
 */
export async function uploadFile(client: GalenClient, options: UploadFileOptions): Promise<void> {
  const { body } = options;
  const isStream = typeof body === "object" && "stream" in body && !(body instanceof Blob);
  const size = body instanceof Blob ? body.size : isStream ? body.size : (body as Uint8Array).length;
  const input = isStream ? body.stream : body instanceof Uint8Array && typeof Buffer !== "undefined" ? Buffer.from(body.buffer, body.byteOffset, body.length) : body;
  await new Promise<void>((resolve, reject) => {
    const upload = new TusUpload(input as Blob, {
      uploadUrl: options.uploadUrl,
      uploadSize: size,
      chunkSize: Math.min(options.chunkBytes ?? mostChunkBytes, mostChunkBytes),
      httpStack: withChecksums(new DefaultHttpStack({})),
      retryDelays: [0, 200, 1_000, 3_000, 5_000],
      headers: { authorization: `Bearer ${client.token()}` },
      onShouldRetry: (error) => {
        const status = "originalResponse" in error ? (error.originalResponse?.getStatus() ?? 0) : 0;
        return status === 0 || status === 409 || status === 423 || status === checksumMismatch || status >= 500;
      },
      onProgress: (sent, total) => options.onProgress?.(sent, total ?? size),
      onSuccess: () => resolve(),
      onError: (error) => reject(fromTusError(error)),
    });
    options.signal?.addEventListener("abort", () => void upload.abort().then(() => reject(new AppError("CONFLICT", "The upload was stopped; it can be resumed."))), { once: true });
    upload.start();
  });
}

/** Adds `Upload-Checksum` to what sends bytes: tus-js-client has no checksums of its own. */
function withChecksums(stack: HttpStack): HttpStack {
  return {
    getName: () => stack.getName(),
    createRequest(method, url) {
      const request = stack.createRequest(method, url);
      const send = request.send.bind(request);
      request.send = async (body: unknown) => {
        if (method !== "PATCH" || body === null || body === undefined) return send(body);
        const bytes = await bytesOf(body);
        request.setHeader("Upload-Checksum", `sha256 ${base64.encode(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)))}`);
        return send(Object.assign(bytes, { size: bytes.length }));
      };
      return request;
    },
  };
}

async function bytesOf(body: unknown): Promise<Uint8Array<ArrayBuffer>> {
  if (body instanceof Blob) return new Uint8Array(await body.arrayBuffer());
  if (body instanceof Uint8Array) return new Uint8Array(body);
  const parts: Uint8Array[] = [];
  for await (const part of body as AsyncIterable<Uint8Array>) parts.push(part);
  return new Uint8Array(concat(...parts));
}

const fromTusError = (error: unknown): AppError =>
  fromErrorBody((error as { originalResponse?: { getBody(): string } | null }).originalResponse?.getBody() ?? "", "The upload failed.", error);
