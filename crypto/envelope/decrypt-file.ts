import type { Backend } from "../backend/backend.js";
import { type DecryptOptions, decryptStream } from "./decrypt-stream.js";
import { openParsedHeader } from "./open-header.js";
import type { ByteSource } from "./rechunk.js";
import { splitHeader } from "./split-header.js";
import type { Opener } from "./stanza.js";

export interface DecryptFileOptions extends Omit<DecryptOptions, "fileKey"> {
  readonly identities: readonly (string | Opener)[];
}

/** Decrypts a whole age file: a delivery (header ‖ stored object). Errors as {@link decryptStream} and openHeader. */
export async function* decryptFile(backend: Backend, file: ByteSource, { identities, ...options }: DecryptFileOptions): AsyncGenerator<Uint8Array, void, undefined> {
  const { header, stored } = await splitHeader(file);
  try {
    yield* decryptStream(backend, stored, { ...options, fileKey: openParsedHeader(backend, header, identities) });
  } finally {
    await stored.return?.();
  }
}
