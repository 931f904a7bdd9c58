import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { AppError } from "../schema/errors.js";
import type { Citation, CitationReplay } from "./operations/citation.js";

/**
 * Checks a replay's own bytes against a citation's hashes, so that nobody has to believe what the API says of itself.
 * @param cited - the citation as it was printed somewhere: what the API shows now must have the same hashes.
 * @throws AppError PROOF_INVALID where something does not fit together
 */
export function verifyReplay({ replay, ...shown }: Citation & { replay: CitationReplay }, cited: Partial<Pick<Citation, "queryHash" | "resultHash">> = {}): { same: boolean; bytes: number } {
  const hash = (text: string): string => bytesToHex(sha256(utf8ToBytes(text)));
  const require = (holds: boolean, what: string): void => {
    if (!holds) throw new AppError("PROOF_INVALID", `The citation does not hold: ${what}.`);
  };
  require(hash(`${shown.query}\n${shown.variables}`) === shown.queryHash, "the query has another hash than its own");
  require(cited.queryHash === undefined || cited.queryHash === shown.queryHash, "another query was cited");
  require(cited.resultHash === undefined || cited.resultHash === shown.resultHash, "another result was cited");
  require(replay.result === null || hash(replay.result) === replay.resultHash, "the replay has another hash than its own");
  require(!replay.same || replay.resultHash === shown.resultHash, "the replay is said to be the same, and is not");
  return { same: replay.same, bytes: replay.result === null ? 0 : utf8ToBytes(replay.result).length };
}
