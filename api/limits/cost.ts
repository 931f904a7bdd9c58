import { createRequire } from "node:module";
import { getNamedType, GraphQLError, isListType, isNonNullType, isObjectType, visit, type DocumentNode, type GraphQLOutputType, type GraphQLSchema, type ValueNode } from "graphql";
import type { ComplexityEstimator, getComplexity as GetComplexity } from "graphql-query-complexity";
import { defaultPageSize, maxPageSize } from "../paging/page-size.js";
import { declaredCost } from "./costs.js";

// Its ES modules import another copy of graphql-js than Node gives us, and graphql-js takes no types of another copy.
const { getComplexity } = createRequire(import.meta.url)("graphql-query-complexity") as { getComplexity: typeof GetComplexity };

/** Of a list that cannot be paged: what it usually holds. */
const usualListSize = 10;

const isList = (type: GraphQLOutputType): boolean => isListType(isNonNullType(type) ? type.ofType : type);

/**
 * An object costs 1 and a scalar nothing; a page costs as many times what is asked in it as its size; a list that cannot be paged, ten times; and
 * what is more work than its size says costs what is declared beside it (`@Cost`).
 */
const estimate: ComplexityEstimator = ({ type, field, args, childComplexity }) => {
  const own = declaredCost(field.extensions);
  if (!isObjectType(getNamedType(field.type))) return own;
  const isPaged = field.args.some(({ name }) => name === "first");
  const asked = (args["first"] ?? args["last"] ?? defaultPageSize) as unknown;
  if (isPaged) return own + 1 + pageSizeOf(asked) * childComplexity;
  // What a page holds is counted where its size is known.
  const isInPage = type.name.endsWith("Connection");
  return own + (isList(field.type) && !isInPage ? usualListSize : 1) * (1 + childComplexity);
};

/** Sizes out of range are refused where they are used; here they must only not come out cheap. */
const pageSizeOf = (asked: unknown): number => (typeof asked === "number" && asked >= 0 ? Math.min(asked, maxPageSize) : maxPageSize);

/** Costs of a document that are remembered: one for each set of values that they follow from. */
const remembered = 100;

interface Estimated {
  /** Variables that a cost follows from: sizes of pages, and conditions of @skip and @include. */
  readonly variables: readonly string[];
  /** By operation and values. */
  readonly costs: Map<string, number>;
}

/** Documents that come again are the same object: they are parsed once. */
const estimated = new WeakMap<DocumentNode, Estimated>();

function decisiveVariables(document: DocumentNode): string[] {
  const names = new Set<string>();
  const note = (value: ValueNode): void => void visit(value, { Variable: ({ name }) => void names.add(name.value) });
  visit(document, {
    Field: ({ arguments: given }) => given?.forEach(({ name, value }) => (name.value === "first" || name.value === "last" ? note(value) : undefined)),
    Directive: (node) => note(node as unknown as ValueNode),
  });
  return [...names];
}

/**
 * What an operation is estimated to cost, from its text and variables alone; 1 for variables that are none of the operation's, where the text
 * was not estimated before: nothing of it will run.
 */
export function operationCost(schema: GraphQLSchema, operation: { document: DocumentNode; operationName?: string | undefined; variables: Record<string, unknown> }): number {
  const { document, operationName, variables } = operation;
  let known = estimated.get(document);
  if (!known) estimated.set(document, (known = { variables: decisiveVariables(document), costs: new Map() }));
  const key = known.variables.length === 0 ? (operationName ?? "") : JSON.stringify([operationName, ...known.variables.map((name) => variables[name])]);
  const before = known.costs.get(key);
  if (before !== undefined) return before;
  const cost = estimateOperation(schema, operation);
  if (cost === null) return 1;
  if (known.costs.size >= remembered) known.costs.clear();
  known.costs.set(key, cost);
  return cost;
}

/** Null for variables that are none of the operation's. */
function estimateOperation(schema: GraphQLSchema, { document, operationName, variables }: Parameters<typeof operationCost>[1]): number | null {
  try {
    return Math.max(1, getComplexity({ schema, query: document, variables, ...(operationName === undefined ? {} : { operationName }), estimators: [estimate] }));
  } catch (error) {
    if (error instanceof GraphQLError) return null;
    throw error;
  }
}
