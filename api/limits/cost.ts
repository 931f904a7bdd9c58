import { createRequire } from "node:module";
import { getNamedType, GraphQLError, isListType, isNonNullType, isObjectType, type DocumentNode, type GraphQLOutputType, type GraphQLSchema } from "graphql";
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

/** What an operation is estimated to cost, from its text and variables alone; 1 for variables that are none of the operation's: nothing of it will run. */
export function operationCost(schema: GraphQLSchema, { document, operationName, variables }: { document: DocumentNode; operationName?: string | undefined; variables: Record<string, unknown> }): number {
  try {
    const cost = getComplexity({ schema, query: document, variables, ...(operationName === undefined ? {} : { operationName }), estimators: [estimate] });
    return Math.max(1, cost);
  } catch (error) {
    if (error instanceof GraphQLError) return 1;
    throw error;
  }
}
