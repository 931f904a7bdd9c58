import { createHmac, timingSafeEqual } from "node:crypto";
import { AppError } from "../../schema/errors.js";

/** 16 bytes of the grant's UUID ‖ 8 bytes of Unix seconds ‖ 32 bytes of HMAC-SHA-256 over both. */
const bodyBytes = 24;
const tagBytes = 32;

const sign = (key: Uint8Array, body: Uint8Array): Buffer => createHmac("sha256", key).update("galen/v1/link\n").update(body).digest();

/** @param expiresAt - whole seconds count. */
export function makeLinkToken(key: Uint8Array, grantId: string, expiresAt: Date): string {
  const body = Buffer.alloc(bodyBytes);
  body.write(grantId.replaceAll("-", ""), "hex");
  body.writeBigUInt64BE(BigInt(Math.floor(expiresAt.getTime() / 1000)), 16);
  return Buffer.concat([body, sign(key, body)]).toString("base64url");
}

/** What a token says, before it is believed. */
export interface LinkToken {
  grantId: string;
  expiresAt: Date;
  /** LINK_INVALID or LINK_EXPIRED; null if it holds. */
  refusal: AppError | null;
}

/** @throws AppError LINK_INVALID if it has not even a token's shape. */
export function readLinkToken(key: Uint8Array, token: string, now: Date = new Date()): LinkToken {
  const bytes = Buffer.from(token, "base64url");
  if (bytes.length !== bodyBytes + tagBytes || bytes.toString("base64url") !== token) throw invalid();
  const body = bytes.subarray(0, bodyBytes);
  const hex = body.toString("hex", 0, 16);
  const grantId = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  const expiresAt = new Date(Number(body.readBigUInt64BE(16)) * 1000);
  if (!timingSafeEqual(bytes.subarray(bodyBytes), sign(key, body))) return { grantId, expiresAt, refusal: invalid() };
  return { grantId, expiresAt, refusal: expiresAt <= now ? new AppError("LINK_EXPIRED", "The link's time is over: ask for a new one.") : null };
}

const invalid = (): AppError => new AppError("LINK_INVALID", "The link was not issued by this platform, or was changed.");
