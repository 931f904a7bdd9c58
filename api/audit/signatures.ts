import { TypedDataEncoder } from "ethers";
import type { EntityManager } from "typeorm";
import { enqueueTransaction } from "../../platform/outbox/enqueue-transaction.js";
import { AuditSignature } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import { Role } from "../../schema/market.js";
import { marketNow, requireRole } from "../auth/accreditation.js";
import { isSignedBy } from "../chain/typed-data.js";
import type { ApiContext } from "../context.js";
import { parseHash, parseRange } from "../input/parse.js";
import { maxReason } from "../steps/prepare.js";
import { requireListing } from "../steps/require-rows.js";
import type { AuditDecision, AuditDecisionInput } from "../types/audit-decision.js";
import { decisionTypedData, type AuditVotes } from "./decision-typed-data.js";
import { requireLease } from "./require-lease.js";

/** Most listings in one decision: bounds the transaction's gas. */
const maxListings = 50;
/** A decision waits for other auditors' signatures no longer than this, in seconds. */
const longest = 7n * 86_400n;
/** The relayer needs time to send it. Seconds. */
const shortest = 30n;

/**
 * Checks a decision, and that the viewer may make it.
 * @throws AppError UNAUTHENTICATED, NOT_ACCREDITED, NOT_FOUND, CONFLICT, FORBIDDEN, LEASE_LOST, BAD_INPUT
 */
export async function checkDecision(context: ApiContext, { items, approve, reason, deadline }: AuditDecisionInput): Promise<AuditVotes> {
  const { account } = await requireRole(context, Role.AUDITOR);
  parseRange("items", items.length, 1, maxListings);
  for (const { listingId, token } of items) {
    const listing = await requireListing(context, parseHash("listingId", listingId));
    if (listing.status !== "PENDING") throw new AppError("CONFLICT", `The listing is ${listing.status}.`, { details: { listingId: listing.id } });
    if (listing.provider === account) throw new AppError("FORBIDDEN", "Nobody audits an own listing.");
    await requireLease(context.deps.database, { listingId: listing.id, auditor: account, token });
  }
  const now = await marketNow(context.deps);
  // Sorted, so that auditors of the same listings sign the same words.
  const listingIds = [...new Set(items.map(({ listingId }) => listingId.toLowerCase()))].sort();
  return { listingIds, approve, reason: parseRange("reason", reason, 0, maxReason), deadline: parseRange("deadline", deadline, now + shortest, now + longest) };
}

/**
 * Takes an auditor's signature. Once a quorum has signed the same decision, or one of them asks for it, the relayer sends what is there in one transaction.
 * @throws AppError as checkDecision, and BAD_INPUT for a signature that is not the viewer's
 */
export async function submitSignature(context: ApiContext, input: AuditDecisionInput, signature: string, relayNow: boolean): Promise<AuditDecision> {
  const votes = await checkDecision(context, input);
  const { deps, viewer } = context;
  const { market, database } = deps;
  const data = decisionTypedData(market, votes);
  const auditor = viewer!.account;
  if (!(await isSignedBy(deps.provider, data, signature, auditor))) throw new AppError("BAD_INPUT", "signature: not the auditor's over these listings, vote, reason and deadline", { details: { field: "signature" } });
  const { EIP712Domain: _domain, ...types } = data.types;
  const decision = TypedDataEncoder.hash(data.domain, types, data.message);
  return database.transaction(async (manager) => {
    // One at a time a decision: the signature that completes it must see the others.
    await manager.query("select pg_advisory_xact_lock(hashtextextended($1, 10))", [decision]);
    await manager.query(
      `insert into app.audit_signature (decision, auditor, listing_ids, approve, reason, deadline, signature) values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
      [decision, auditor, JSON.stringify(votes.listingIds), votes.approve, votes.reason, votes.deadline.toString(), signature],
    );
    const all = await manager.getRepository(AuditSignature).find({ where: { decision }, order: { createdAt: "ASC", auditor: "ASC" } });
    const waiting = all.filter(({ purpose }) => purpose === null);
    if (waiting.length > 0 && (relayNow || all.length >= market.auditQuorum)) await relay(manager, context, votes, decision, waiting);
    return { id: decision, ...votes, typedData: data, signatures: all.length, needed: market.auditQuorum };
  });
}

async function relay(manager: EntityManager, { deps: { market } }: ApiContext, votes: AuditVotes, decision: string, waiting: AuditSignature[]): Promise<void> {
  const { listingIds, approve, reason, deadline } = votes;
  const purpose = `audit:${decision}:${waiting[0]!.auditor}`;
  const data = market.marketplace.interface.encodeFunctionData("voteBySignatures", [listingIds, approve, reason, deadline, waiting.map(({ signature }) => signature)]);
  await enqueueTransaction(manager, { purpose, role: "RELAYER", target: market.deployment.marketplace, data });
  await manager.query("update app.audit_signature set purpose = $2 where decision = $1 and purpose is null", [decision, purpose]);
}

/** @returns decisions that wait for another auditor's signature and can still be used, oldest first. */
export async function openDecisions({ deps }: ApiContext): Promise<AuditDecision[]> {
  const now = await marketNow(deps);
  const rows = (await deps.database.query(
    `select decision, listing_ids, approve, reason, deadline, count(*)::int as signatures from app.audit_signature
     group by decision, listing_ids, approve, reason, deadline having bool_or(purpose is null) and deadline > $1 order by min(created_at), decision limit 200`,
    [now.toString()],
  )) as { decision: string; listing_ids: string[]; approve: boolean; reason: number; deadline: string; signatures: number }[];
  return rows.map(({ decision, listing_ids: listingIds, approve, reason, deadline, signatures }) => {
    const votes = { listingIds, approve, reason, deadline: BigInt(deadline) };
    return { id: decision, ...votes, typedData: decisionTypedData(deps.market, votes), signatures, needed: deps.market.auditQuorum };
  });
}
