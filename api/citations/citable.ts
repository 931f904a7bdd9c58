import { GraphQLError, Kind, OperationTypeNode, isObjectType, type ASTNode, type ASTVisitor, type ValidationContext } from "graphql";
import { ruleOf } from "../rules/enforce-rules.js";
import { whyChanging } from "./changing.js";

/** Root fields that can be cited: what they answer is the chain's state at a block, and anyone may read all of it. */
const roots = ["listings", "orders", "audits", "listingAggregates", "orderAggregates", "auditAggregates"];

/** Arguments that a cited field must not have, and why. */
const refused: Readonly<Record<string, string>> = {
  at: "the citation's own block is asked for",
  minBlock: "the citation's own block is asked for",
  after: "cursors end with the key that signs them: filter instead",
  before: "cursors end with the key that signs them: filter instead",
  search: "the ranks and stems of full-text search may change: filter instead",
};

/** Conditions that are not of the chain's state alone. */
const refusedConditions: Readonly<Record<string, string>> = { tradable: "it is told of now: ask for the status" };

/** A rule of validation: everything in the operation can be cited. Variables are looked at by `refuseConditions`. */
export function citableRule(context: ValidationContext): ASTVisitor {
  const refuse = (node: ASTNode, what: string, why: string): void => context.reportError(new GraphQLError(`${what} cannot be cited: ${why}.`, { nodes: node }));
  return {
    OperationDefinition(node) {
      if (node.operation !== OperationTypeNode.QUERY) refuse(node, `A ${node.operation}`, "only a query asks for the same each time");
    },
    Field(node) {
      const [type, field] = [context.getParentType(), context.getFieldDef()];
      if (!field || !isObjectType(type) || type.name.startsWith("__") || field.name === "__typename") return;
      const name = `${type.name}.${field.name}`;
      if (type === context.getSchema().getQueryType() && !roots.includes(field.name)) return refuse(node, name, `only ${roots.join(", ")} can be`);
      const { admit, others, who } = ruleOf(type, field);
      if (admit || others !== "error") return refuse(node, name, `a citation is public, and this is for ${who}`);
      const why = whyChanging(field.extensions);
      if (why !== null) refuse(node, name, why);
      for (const { name: argument } of node.arguments ?? []) if (refused[argument.value] !== undefined) refuse(node, `${name}(${argument.value})`, refused[argument.value]!);
    },
    ObjectField(node) {
      const why = node.value.kind === Kind.NULL ? undefined : refusedConditions[node.name.value];
      if (why !== undefined) refuse(node, `The condition ${node.name.value}`, why);
    },
  };
}

/** @returns what is wrong with conditions in the variables' values; null if nothing is. */
export function refuseConditions(value: unknown): string | null {
  if (typeof value !== "object" || value === null) return null;
  for (const [key, inner] of Object.entries(value)) {
    if (!Array.isArray(value) && inner !== null && refusedConditions[key] !== undefined) return `The condition ${key} cannot be cited: ${refusedConditions[key]}.`;
    const found = refuseConditions(inner);
    if (found !== null) return found;
  }
  return null;
}
