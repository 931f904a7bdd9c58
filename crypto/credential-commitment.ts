import { keccak_256 } from "@noble/hashes/sha3.js";
import { fromHex, toHex } from "./bytes.js";
import { canonicalJson } from "./canonical-json.js";

/** What a registrar checks of an applicant. */
export interface Credential {
  /** The applicant's address, lower case. */
  readonly account: string;
  readonly institutionName: string;
  readonly credential: string;
}

/**
 * What stands on the chain for a credential: keccak256(salt ‖ RFC 8785 JSON). Without the salt nobody can test guesses; with it the registrar,
 * or the holder, proves what was checked.
 * @param salt - 32 random bytes, `0x` and 64 digits.
 */
export const credentialCommitment = ({ account, institutionName, credential }: Credential, salt: string): string =>
  toHex(keccak_256.create().update(fromHex(salt, 32)).update(canonicalJson({ account, institutionName, credential })).digest());
