import { createHash, randomBytes } from "node:crypto";

/** 256 random bits: 43 characters. */
export const newToken = (): string => randomBytes(32).toString("base64url");

/** A token cannot be guessed back from a plain hash, for it has 256 random bits. */
export const hashToken = (token: string): Buffer => createHash("sha256").update(token).digest();
