import { keccak_256 } from "@noble/hashes/sha3.js";
import { concat, toHex, utf8 } from "./bytes.js";
import { canonicalJson } from "./canonical-json.js";

/** What a provider signs of a client-side upload. @returns `0x` and 64 digits: keccak256 of the purpose and the statement's canonical form. */
export const clientStatementDigest = (statement: unknown): string => toHex(keccak_256(concat(utf8("galen/v1/client-statement\n"), canonicalJson(statement))));
