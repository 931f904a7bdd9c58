import { base64 } from "@scure/base";
import type { z } from "zod";
import { nodeBackend } from "../crypto/backend/node.js";
import { fromHex, toHex } from "../crypto/bytes.js";
import { claimText, signDestruction, type Destruction } from "../crypto/custody/custodian-messages.js";
import { sharedRecordOf } from "../crypto/custody/shared-record.js";
import { parseSharesDocument } from "../crypto/custody/shares-document.js";
import { checkShare, releaseShare, type DepositedShare } from "../crypto/custody/threshold.js";
import { parseRecipient } from "../crypto/recipient.js";
import type { Signed } from "../crypto/signed.js";
import { depositRequest, destroyRequest, releaseRequest } from "../schema/custody.js";
import { AppError, toAppError } from "../schema/errors.js";
import type { ChainView } from "./chain-view.js";
import { checkClaim } from "./check-claim.js";
import type { CustodianIdentity } from "./identity.js";
import type { CustodianLog } from "./log.js";
import type { KeptShare, Shares } from "./shares.js";

/** How far the clock of who asks may be from ours, in ms. */
const claimLifeMs = 5 * 60_000;
/** How long an auditor may ask again, from the first release for a listing, in ms: an audit is work of a day or two. */
const auditMs = 72 * 3_600_000;

export interface CustodianParts {
  readonly identity: CustodianIdentity;
  readonly chain: ChainView;
  readonly shares: Shares;
  readonly log: CustodianLog;
  /** Days after which a share is destroyed whose record was never listed. */
  readonly unlistedDays: number;
}

/** What a custodian does, each with an entry in its log. Bodies come from anybody, and are parsed here. */
export interface CustodianService {
  /** @throws AppError BAD_INPUT, ENVELOPE_MALFORMED, DECRYPTION_FAILED (for another custodian), COMMITMENT_MISMATCH, CONFLICT, KEY_UNAVAILABLE (it was destroyed) */
  deposit(body: unknown): Promise<{ share: string }>;
  /** @throws AppError those of checkClaim; UNAUTHENTICATED, NOT_FOUND, KEY_UNAVAILABLE */
  release(body: unknown): Promise<{ index: number; sealed: string; document: string }>;
  /** @throws AppError FORBIDDEN (another token), NOT_FOUND. Again: the same certificate. */
  destroy(body: unknown): Signed<Destruction>;
  /** Destroys what was deposited long ago and is in no listing. */
  sweep(): Promise<number>;
}

export function createCustodian({ identity, chain, shares, log, unlistedDays }: CustodianParts): CustodianService {
  const { secret, seed, told } = identity;
  const depositOf = ({ record, index, commitment, sealed }: KeptShare): DepositedShare => ({ recordId: record, index, commitment, sealed: base64.decode(sealed) });
  const remove = (share: KeptShare, event: "DESTROYED" | "EXPIRED"): Signed<Destruction> => {
    const { commitment, record } = share;
    const certificate = signDestruction(nodeBackend, { custodian: told.name, record, share: commitment, destroyedAt: new Date().toISOString() }, seed);
    shares.destroy(commitment, certificate);
    log.append({ event, share: commitment });
    return certificate;
  };
  return {
    async deposit(body) {
      const { document: text, index, sealed } = parse(depositRequest, body);
      const { record, eraseHash, custodians } = parseSharesDocument(base64.decode(text));
      const { commitment } = custodians[index] ?? badInput("index");
      // A custodian vouches for what it keeps: it can be opened, and is what was committed to.
      checkShare(nodeBackend, { recordId: record, index, commitment, sealed: base64.decode(sealed) }, secret).fill(0);
      const block = Math.max(0, await chain.finalBlock());
      if (shares.keep({ commitment, record, index, eraseHash, document: text, sealed, block, at: new Date().toISOString() })) log.append({ event: "DEPOSITED", share: commitment });
      return { share: commitment };
    },
    async release(body) {
      const { claim, signature } = parse(releaseRequest, body);
      if (Math.abs(Date.now() - Date.parse(claim.at)) > claimLifeMs) throw new AppError("UNAUTHENTICATED", "The claim is of another time: look at your clock, and sign a new one.");
      if (!(await chain.signed(claim.account, claimText(claim), signature))) throw new AppError("UNAUTHENTICATED", "The claim is not signed by the account that it names.");
      const { share, kind, subject } = claim;
      // Logged from here on: who asks is known.
      const about = { share, kind, subject, account: claim.account.toLowerCase() };
      try {
        const kept = shares.get(share);
        const recipient = parseRecipient(nodeBackend, claim.recipient).text;
        await checkClaim(chain, kept.record, claim);
        const first = kind === "AUDIT" ? log.entries.find((entry) => entry.event === "RELEASED" && entry.kind === kind && entry.subject === subject && entry.account === about.account) : undefined;
        if (first !== undefined && Date.now() - Date.parse(first.at) > auditMs) throw new AppError("FORBIDDEN", "The time for this audit is over.");
        const released = releaseShare(nodeBackend, depositOf(kept), secret, recipient);
        log.append({ event: "RELEASED", ...about });
        return { index: released.index, sealed: base64.encode(released.sealed), document: kept.document };
      } catch (error) {
        log.append({ event: "REFUSED", ...about, code: toAppError(error).code });
        throw error;
      }
    },
    destroy(body) {
      const { share, token } = parse(destroyRequest, body);
      const gone = shares.destroyed(share);
      if (gone !== null) {
        shares.destroy(share, gone); // a crash may have left the share beside its certificate
        return gone;
      }
      const kept = shares.get(share);
      if (toHex(nodeBackend.sha256(fromHex(token, 32))) !== kept.eraseHash) throw new AppError("FORBIDDEN", "The token does not destroy this share.");
      return remove(kept, "DESTROYED");
    },
    async sweep() {
      const before = Date.now() - unlistedDays * 86_400_000;
      const old = shares.all().filter(({ at }) => Date.parse(at) < before);
      if (old.length === 0) return 0;
      const listed = new Set((await chain.listedSince(Math.min(...old.map(({ block }) => block)))).map((terms) => sharedRecordOf(nodeBackend, terms)));
      const unlisted = old.filter(({ record }) => !listed.has(record));
      for (const share of unlisted) remove(share, "EXPIRED");
      return unlisted.length;
    },
  };
}

/** @throws AppError BAD_INPUT with the place, never what stands there */
function parse<T>(shape: z.ZodType<T>, body: unknown): T {
  const parsed = shape.safeParse(body);
  return parsed.success ? parsed.data : badInput(parsed.error.issues[0]?.path.join(".") ?? "");
}

function badInput(field: string): never {
  throw new AppError("BAD_INPUT", `${field === "" ? "body" : field}: not of the form that docs/custody.md gives`, { details: { field } });
}
