import type { Listing } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import { Role } from "../../schema/market.js";
import { requireOperator, requireRegistrar } from "../auth/chain-roles.js";
import { requireRole } from "../auth/accreditation.js";
import { requireSession, requireTradingScope, requireViewer } from "../context.js";
import type { Rule } from "./rule.js";

/** On the chain for all to see, or about nobody. */
export const anyone: Rule = { who: "anyone", others: "error" };

/** For types that are parts of others: whoever was shown what holds them. Never for what is personal on some ways to it alone. */
export const asReached: Rule = { who: "as what holds it", others: "error" };

export const signedIn: Rule = { who: "anyone signed in", others: "error", admit: (context) => void requireViewer(context) };

/** Steps that a key must not take for its account, such as making another key. */
export const ownSession: Rule = { who: "a signed-in session, not an API key", others: "error", admit: (context) => void requireSession(context) };

/** Signed in, and the resolver shows or touches what is the account's own alone. */
export const ownRows = (who: string): Rule => ({ who, others: "rows", admit: (context) => void requireViewer(context) });

/** The resolver shows only what is the viewer's; nobody signed in has nothing. */
export const ownPart = (who: string): Rule => ({ who, others: "rows" });

export const accredited = (role: Role): Rule => ({
  who: `accredited as ${Role[role]} now`,
  others: "error",
  admit: async (context) => void (await requireRole(context, role)),
});

/** D11: no account is asked for; the receipt is the proof. */
export const holderOfReceipt: Rule = { who: "whoever holds a receipt of the record set", others: "error" };

/** Whoever uploaded what the listing offers, also without the name on the chain. */
export const providerOfListing: Rule = {
  who: "the listing's provider",
  others: "null",
  async admit(context, root) {
    const { account } = requireViewer(context);
    const upload = await context.loaders.uploadOfListing.load((root as Listing).id);
    if (upload?.owner !== account) throw new AppError("FORBIDDEN", "This is shown to the listing's provider alone.");
  },
};

/** The account that a row's column names. */
export const theAccountOf = (column: string, who: string, others: "error" | "null" = "error"): Rule => ({
  who,
  others,
  admit(context, root) {
    const { account } = requireViewer(context);
    if ((root as Record<string, unknown>)[column] !== account) throw new AppError("FORBIDDEN", "This is shown to its owner alone.");
  },
});

/** As the rule, and by no key that only reads. */
export const trading = ({ admit, ...rule }: Rule): Rule => ({
  ...rule,
  async admit(context, root) {
    requireTradingScope(context);
    await admit?.(context, root);
  },
});

export const registrar: Rule = { who: "the registrar", others: "error", admit: async (context) => void (await requireRegistrar(context)) };

export const operator: Rule = { who: "an operator: who may pause the market", others: "error", admit: async (context) => void (await requireOperator(context)) };

/** The first rule that admits is enough; what the last one says is told. */
export const oneOf = (...rules: readonly Rule[]): Rule => ({
  who: rules.map(({ who }) => who).join(", or "),
  others: rules[0]?.others ?? "error",
  async admit(context, root) {
    let refusal: unknown;
    for (const { admit } of rules) {
      try {
        return await admit?.(context, root);
      } catch (error) {
        refusal = error;
      }
    }
    throw refusal;
  },
});
