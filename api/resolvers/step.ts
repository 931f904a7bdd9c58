import { Arg, Ctx, ID, Int, Mutation, Resolver } from "type-graphql";
import { Purpose, Role } from "../../schema/market.js";
import { requireViewer, type ApiContext } from "../context.js";
import { parseAddress, parseHash } from "../input/parse.js";
import { For } from "../rules/rule.js";
import { accredited, ownRows, signedIn } from "../rules/rules.js";
import { prepareConsent, prepareDelist, prepareRefund, prepareReprice, prepareSettle, prepareVote, prepareWithdrawal } from "../steps/prepare.js";
import { BigIntScalar } from "../types/scalars.js";
import { PreparedTransaction } from "../types/step.js";

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
}
