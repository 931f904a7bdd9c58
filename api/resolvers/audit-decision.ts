import { Arg, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from "type-graphql";
import { Role } from "../../schema/market.js";
import { decisionTypedData } from "../audit/decision-typed-data.js";
import { checkDecision, openDecisions, submitSignature } from "../audit/signatures.js";
import type { ApiContext } from "../context.js";
import { For } from "../rules/rule.js";
import { accredited } from "../rules/rules.js";
import { AuditDecision, AuditDecisionInput } from "../types/audit-decision.js";
import { JsonScalar } from "../types/scalars.js";

@Resolver(() => AuditDecision)
export class AuditDecisionResolver {
  @For(accredited(Role.AUDITOR))
  @Query(() => [AuditDecision], { description: "Decisions that wait for another auditor's signature, oldest first (at most 200): sign the same words, and they are sent together. Accredited auditors only." })
  async auditDecisions(@Ctx() context: ApiContext): Promise<AuditDecision[]> {
    return openDecisions(context);
  }

  @For(accredited(Role.AUDITOR))
  @Mutation(() => JsonScalar, { description: "EIP-712 typed data of a decision on several listings, for eth_signTypedData_v4. Errors: NOT_ACCREDITED, NOT_FOUND, CONFLICT, FORBIDDEN, LEASE_LOST, BAD_INPUT." })
  async auditDecisionTypedData(@Arg("input", () => AuditDecisionInput, { description: "The decision." }) input: AuditDecisionInput, @Ctx() context: ApiContext): Promise<unknown> {
    return decisionTypedData(context.deps.market, await checkDecision(context, input));
  }

  @For(accredited(Role.AUDITOR))
  @Mutation(() => AuditDecision, {
    description:
      "Takes an auditor's signature over a decision. When a quorum has signed the same one, the platform's relayer sends all in one transaction. Errors: NOT_ACCREDITED, NOT_FOUND, CONFLICT, FORBIDDEN, LEASE_LOST, BAD_INPUT.",
  })
  async submitAuditSignatures(
    @Arg("input", () => AuditDecisionInput, { description: "What was signed." }) input: AuditDecisionInput,
    @Arg("signature", () => String, { description: "The auditor's signature over `auditDecisionTypedData`." }) signature: string,
    @Arg("relayNow", () => Boolean, { defaultValue: false, description: "Send what is there, without waiting for other auditors." }) relayNow: boolean,
    @Ctx() context: ApiContext,
  ): Promise<AuditDecision> {
    return submitSignature(context, input, signature, relayNow);
  }

  @FieldResolver(() => String, { nullable: true, description: "The transaction that carries it, once it is sent; the newest, if there were several." })
  async transactionHash(@Root() { id }: AuditDecision, @Ctx() { deps }: ApiContext): Promise<string | null> {
    const [row] = (await deps.database.query("select hash from app.tx_outbox where purpose like $1 and hash is not null order by id desc limit 1", [`audit:${id}:%`])) as { hash: string }[];
    return row?.hash ?? null;
  }
}
