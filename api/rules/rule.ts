import { Extensions } from "type-graphql";
import type { ApiContext } from "../context.js";

/** Who is shown a field, or may take a step. Declared beside it with `@For(rule)`; enforced by `enforceRules`; told in docs/api.md. */
export interface Rule {
  /** In words, for the documentation: "the buyer". */
  readonly who: string;
  /** What others get: a typed error, null, or only what is theirs (the resolver picks the rows, a test asks as everybody). */
  readonly others: "error" | "null" | "rows";
  /** Throws UNAUTHENTICATED, FORBIDDEN or NOT_ACCREDITED. Left out where there is nothing to check. */
  readonly admit?: (context: ApiContext, root: unknown) => void | Promise<void>;
}

const key = "rule";

/**
 * Says who is shown a field, or a type's fields that say nothing themselves. A schema with a field that neither it nor its type has a rule for
 * is not built.
 */
export const For = (rule: Rule): ClassDecorator & MethodDecorator & PropertyDecorator => Extensions({ [key]: rule });

/** @returns the rule that was declared, or null. */
export const declaredRule = (extensions: Readonly<Record<string, unknown>>): Rule | null => (extensions[key] as Rule | undefined) ?? null;
