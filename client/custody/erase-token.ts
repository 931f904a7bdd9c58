import type { Backend } from "../../crypto/backend/backend.js";
import { utf8 } from "../../crypto/bytes.js";

/** With this a provider has a record's shares destroyed; it follows from the provider's own secret, so nothing needs to be kept. @param secret - as prepareRecord got it. @returns 32 bytes */
export const eraseTokenOf = (backend: Backend, secret: Uint8Array, record: string): Uint8Array => backend.hkdfSha256(secret, new Uint8Array(0), utf8(`galen/v1/erase-token\n${record}`), 32);
