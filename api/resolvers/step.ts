import { Arg, Ctx, ID, Int, Mutation, Resolver } from "type-graphql";
import { Purpose, Role } from "../../schema/market.js";
import { requireViewer, type ApiContext } from "../context.js";
import { parseAddress, parseHash } from "../input/parse.js";
import { For } from "../rules/rule.js";
import { accredited, ownRows, signedIn } from "../rules/rules.js";
import { prepareDispute, prepareDisputeVote } from "../steps/disputes.js";
import { prepareGrant } from "../steps/grant-access.js";
import { prepareConsent, prepareDelist, prepareRefund, prepareReprice, prepareSettle, prepareVote, prepareWithdrawal } from "../steps/prepare.js";
import { requireBought } from "../steps/require-rows.js";
import { DisputeClaim, DisputedLeafInput } from "../types/dispute.js";
import { BigIntScalar } from "../types/scalars.js";
import { PreparedGrant, PreparedTransaction } from "../types/step.js";

/** Steps that only the viewer's own wallet can take: each gives the transaction to send. */
@Resolver()
export class StepResolver {
  @For(ownRows("the listing's provider, or the payee of an anonymous one"))
  @Mutation(() => PreparedTransaction, { description: "Provider: changes the price of later sales. Errors: NOT_FOUND, FORBIDDEN, CONFLICT, BAD_INPUT." })
  async reprice(
    @Arg("listingId", () => ID, { description: "The listing." }) listingId: string,
    @Arg("price", () => BigIntScalar, { description: "The new price, in the token's smallest unit." }) price: bigint,
    @Ctx() context: ApiContext,
  ): Promise<PreparedTransaction> {
    return prepareReprice(context, parseHash("listingId", listingId), price);
  }

  @For(ownRows("the listing's provider, or the payee of an anonymous one"))
  @Mutation(() => PreparedTransaction, { description: "Provider: withdraws purposes for later sales. Errors: NOT_FOUND, FORBIDDEN, CONFLICT, BAD_INPUT." })
  async setConsent(
    @Arg("listingId", () => ID, { description: "The listing." }) listingId: string,
    @Arg("purposes", () => [Purpose], { description: "What remains: some of those consented to now, and not all." }) purposes: Purpose[],
    @Ctx() context: ApiContext,
  ): Promise<PreparedTransaction> {
    return prepareConsent(context, parseHash("listingId", listingId), purposes);
  }

  @For(ownRows("the listing's provider, or the payee of an anonymous one"))
  @Mutation(() => PreparedTransaction, { description: "Provider: takes a listing off the market, for good. Errors: NOT_FOUND, FORBIDDEN, CONFLICT." })
  async delist(@Arg("listingId", () => ID, { description: "The listing." }) listingId: string, @Ctx() context: ApiContext): Promise<PreparedTransaction> {
    return prepareDelist(context, parseHash("listingId", listingId));
  }

  @For(accredited(Role.AUDITOR))
  @Mutation(() => PreparedTransaction, { description: "Auditor: votes on a pending listing that the viewer holds a claim of. Errors: NOT_ACCREDITED, NOT_FOUND, CONFLICT, LEASE_LOST, FORBIDDEN, BAD_INPUT." })
  async auditDecision(
    @Arg("listingId", () => ID, { description: "The listing." }) listingId: string,
    @Arg("approve", () => Boolean, { description: "For it, or against." }) approve: boolean,
    @Arg("reason", () => Int, { defaultValue: 0, description: "Code of the reason; 0 for none." }) reason: number,
    @Arg("token", () => BigIntScalar, { description: "Token of the viewer's claim (`claimAudit`)." }) token: bigint,
    @Ctx() context: ApiContext,
  ): Promise<PreparedTransaction> {
    return prepareVote(context, { listingId: parseHash("listingId", listingId), approve, reason, token });
  }

  @For(signedIn)
  @Mutation(() => PreparedTransaction, { description: "Buyer after the delivery, or anyone after the settle window: pays the provider. Errors: NOT_FOUND, CONFLICT, FORBIDDEN." })
  async settle(@Arg("orderId", () => ID, { description: "The order." }) orderId: string, @Ctx() context: ApiContext): Promise<PreparedTransaction> {
    return prepareSettle(context, parseHash("orderId", orderId));
  }

  @For(signedIn)
  @Mutation(() => PreparedTransaction, { description: "Anyone, once the delivery is overdue: gives the buyer the money back. Errors: NOT_FOUND, CONFLICT." })
  async refund(@Arg("orderId", () => ID, { description: "The order." }) orderId: string, @Ctx() context: ApiContext): Promise<PreparedTransaction> {
    return prepareRefund(context, parseHash("orderId", orderId));
  }

  @For(ownRows("the account itself"))
  @Mutation(() => PreparedTransaction, { description: "Pays out all of the viewer's credit. Errors: CONFLICT (there is none)." })
  async withdrawFunds(
    @Arg("to", () => ID, { nullable: true, description: "To whom; the viewer if left out." }) to: string | null,
    @Ctx() context: ApiContext,
  ): Promise<PreparedTransaction> {
    const { account } = requireViewer(context);
    return prepareWithdrawal(context, to === null || to === undefined ? account : parseAddress("to", to));
  }

  @For(ownRows("the listing's provider, or the payee of an anonymous one"))
  @Mutation(() => PreparedGrant, {
    description: "Provider: gives an accredited buyer access without a sale. Errors: NOT_FOUND, FORBIDDEN, CONFLICT, NOT_TRADABLE, PURPOSE_NOT_ALLOWED, NOT_ACCREDITED (the grantee).",
  })
  async grantAccess(
    @Arg("listingId", () => ID, { description: "The listing." }) listingId: string,
    @Arg("grantee", () => ID, { description: "Who gets it." }) grantee: string,
    @Arg("purpose", () => Purpose, { description: "What it may be used for." }) purpose: Purpose,
    @Ctx() context: ApiContext,
  ): Promise<PreparedGrant> {
    return prepareGrant(context, parseHash("listingId", listingId), parseAddress("grantee", grantee), purpose);
  }

  @For(ownRows("the order's buyer"))
  @Mutation(() => PreparedTransaction, { description: "Buyer: the delivery is good, the provider may be paid at once. Errors: NOT_FOUND, FORBIDDEN, CONFLICT." })
  async acknowledgeDelivery(@Arg("orderId", () => ID, { description: "The order." }) orderId: string, @Ctx() context: ApiContext): Promise<PreparedTransaction> {
    const id = parseHash("orderId", orderId);
    await requireBought(context, id);
    return prepareSettle(context, id);
  }

  @For(ownRows("the order's buyer"))
  @Mutation(() => PreparedTransaction, {
    description: "Buyer: disputes a delivery, until the settle window is over; the auditors decide. Errors: NOT_FOUND, FORBIDDEN, CONFLICT, BAD_INPUT, COMMITMENT_MISMATCH (the chunk is not of this record).",
  })
  async openDispute(
    @Arg("orderId", () => ID, { description: "The order." }) orderId: string,
    @Arg("claim", () => DisputeClaim, { description: "What is complained of." }) claim: DisputeClaim,
    @Arg("leaf", () => DisputedLeafInput, { nullable: true, description: "The chunk that is complained of; none where nothing opens." }) leaf: DisputedLeafInput | null,
    @Ctx() context: ApiContext,
  ): Promise<PreparedTransaction> {
    return prepareDispute(context, parseHash("orderId", orderId), claim, leaf ?? null);
  }

  @For(accredited(Role.AUDITOR))
  @Mutation(() => PreparedTransaction, { description: "Auditor: votes on a disputed order. Errors: NOT_ACCREDITED, NOT_FOUND, CONFLICT, BAD_INPUT." })
  async resolveDispute(
    @Arg("orderId", () => ID, { description: "The order." }) orderId: string,
    @Arg("forBuyer", () => Boolean, { description: "Refund the buyer, or pay the provider." }) forBuyer: boolean,
    @Arg("reason", () => Int, { defaultValue: 0, description: "Code of the reason; 0 for none." }) reason: number,
    @Ctx() context: ApiContext,
  ): Promise<PreparedTransaction> {
    return prepareDisputeVote(context, parseHash("orderId", orderId), forBuyer, reason);
  }
}
