import { defaultFieldResolver, isObjectType, type GraphQLField, type GraphQLFieldResolver, type GraphQLObjectType, type GraphQLSchema } from "graphql";
import { AppError, type ErrorCode } from "../../schema/errors.js";
import type { ApiContext } from "../context.js";
import { declaredRule, type Rule } from "./rule.js";
import { trading } from "./rules.js";

type Field = GraphQLField<unknown, ApiContext>;

const refusals: readonly ErrorCode[] = ["UNAUTHENTICATED", "FORBIDDEN", "NOT_ACCREDITED"];

/** @returns the field's own rule, or its type's. @throws Error where there is none. */
export function ruleOf(type: GraphQLObjectType, field: Pick<GraphQLField<unknown, unknown>, "name" | "extensions">): Rule {
  const rule = declaredRule(field.extensions) ?? declaredRule(type.extensions);
  if (!rule) throw new Error(`${type.name}.${field.name} has no rule: say beside it who is shown it, e.g. @For(anyone); see api/rules/rules.ts.`);
  return rule;
}

/** Puts each field's rule before its resolver (of a subscription: before it begins). Fields for anyone stay as they are. @throws Error for a field without a rule */
export function enforceRules(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith("__")) continue;
    for (const field of Object.values(type.getFields()) as Field[]) {
      const rule = ruleOf(type, field);
      if (!rule.admit) continue;
      const enforced = type === schema.getMutationType() ? trading(rule) : rule;
      if (type === schema.getSubscriptionType()) field.subscribe = guarded(enforced, field.subscribe ?? defaultFieldResolver);
      else field.resolve = guarded(enforced, field.resolve ?? defaultFieldResolver);
    }
  }
  return schema;
}

function guarded({ admit, others }: Pick<Rule, "admit" | "others">, resolve: GraphQLFieldResolver<unknown, ApiContext>): GraphQLFieldResolver<unknown, ApiContext> {
  return async (root, args, context, info) => {
    try {
      await admit?.(context, root);
    } catch (refusal) {
      if (others === "null" && refusal instanceof AppError && refusals.includes(refusal.code)) return null;
      throw refusal;
    }
    return resolve(root, args, context, info) as unknown;
  };
}
