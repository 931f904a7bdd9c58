import { Upload as TusUpload } from "tus-js-client";
import { AppError, errorCodes, type ErrorCode } from "../schema/errors.js";
import type { GalenClient } from "./client.js";

/** A browser's File or Blob, or in Node a Buffer or a readable stream with its size. */
export type UploadBody = Blob | Uint8Array | { stream: unknown; size: number };

export interface UploadFileOptions {
  /** From `createUpload`. */
  uploadUrl: string;
  body: UploadBody;
  /** Bytes sent and bytes in all. */
  onProgress?: (sent: number, total: number) => void;
  /** Bytes of a request; a broken one is resumed inside it all the same. */
  chunkBytes?: number;
  signal?: AbortSignal;
}

/**
 * Sends a file by tus; a lost connection is resumed from what the server has.
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
      chunkSize: options.chunkBytes ?? (isStream ? 16 << 20 : Number.POSITIVE_INFINITY),
      retryDelays: [0, 200, 1_000, 3_000, 5_000],
      headers: { authorization: `Bearer ${client.token()}` },
      onShouldRetry: (error) => {
        const status = "originalResponse" in error ? (error.originalResponse?.getStatus() ?? 0) : 0;
        return status === 0 || status === 409 || status === 423 || status >= 500;
      },
      onProgress: (sent, total) => options.onProgress?.(sent, total ?? size),
      onSuccess: () => resolve(),
      onError: (error) => reject(fromTusError(error)),
    });
    options.signal?.addEventListener("abort", () => void upload.abort().then(() => reject(new AppError("CONFLICT", "The upload was stopped; it can be resumed."))), { once: true });
    upload.start();
  });
}

function fromTusError(error: unknown): AppError {
  const text = (error as { originalResponse?: { getBody(): string } | null }).originalResponse?.getBody() ?? "";
  try {
    const { code, message } = JSON.parse(text) as { code?: string; message?: string };
    if (code !== undefined && code in errorCodes) return new AppError(code as ErrorCode, message ?? "The upload was refused.");
  } catch {
    // not our error body: told below
  }
  return new AppError("INTERNAL", "The upload failed.", { cause: error });
}
