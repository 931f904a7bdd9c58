import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { z } from "zod";
import { AppError } from "../../schema/errors.js";

/** Operations that may be sent by their hash alone. */
export interface TrustedDocuments {
  /** @returns the text, or undefined where the hash is none of theirs. */
  textOf(hash: string): string | undefined;
  /** @throws AppError DOCUMENT_NOT_TRUSTED where nothing else is run, and this is none of them */
  check(text: unknown): void;
}

const shape = z.record(z.string().regex(/^[0-9a-f]{64}$/), z.string());

/** @param file - JSON of SHA-256 (hexadecimal) → text. @throws AppError CONFIG_INVALID, naming what is wrong */
export function readTrustedDocuments(file: string | undefined, only: boolean): TrustedDocuments {
  const texts = new Map(file === undefined ? [] : Object.entries(read(file)));
  const known = new Set(texts.values());
  return {
    textOf: (hash) => texts.get(hash),
    check(text) {
      if (only && (typeof text !== "string" || !known.has(text))) throw new AppError("DOCUMENT_NOT_TRUSTED", "This API runs trusted documents alone: send the hash of one, or exactly its text.");
    },
  };
}

function read(file: string): Record<string, string> {
  try {
    const documents = shape.parse(JSON.parse(readFileSync(file, "utf8")));
    const wrong = Object.entries(documents).find(([hash, text]) => createHash("sha256").update(text).digest("hex") !== hash);
    if (wrong) throw new Error(`the text of ${wrong[0]} has another hash`);
    return documents;
  } catch (cause) {
    throw new AppError("CONFIG_INVALID", `TRUSTED_DOCUMENTS_FILE ${file}: ${cause instanceof Error ? cause.message : "unreadable"}`, { cause });
  }
}
