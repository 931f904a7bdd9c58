import { createHash } from "node:crypto";
import { sortAST } from "@apollo/utils.sortast";
import { Kind, parse, print, specifiedRules, validate, visit, type DocumentNode, type GraphQLSchema } from "graphql";
import { canonicalJson } from "../../crypto/canonical-json.js";
import { AppError } from "../../schema/errors.js";
import { limitRules, operationLimits } from "../limits/rules.js";
import { citableRule, refuseConditions } from "./citable.js";

/** Most characters of the query and its variables together: they are kept for ever. */
export const maxCitedText = 16_384;

export interface CanonicalQuery {
  readonly document: DocumentNode;
  /** Sorted by names, without comments and its own name, and printed as graphql-js does. */
  readonly query: string;
  /** RFC 8785. */
  readonly variables: string;
  /** SHA-256 of both with a line feed between them, in hexadecimal. */
  readonly queryHash: string;
}

const wrong = (message: string): AppError => new AppError("BAD_INPUT", message, { details: { field: "query" } });

/**
 * The same question in the same words, however it was written.
 * @throws AppError BAD_INPUT, LIMIT_EXCEEDED if it is no operation of this schema, or none that can be cited
 */
export function canonicalQuery(schema: GraphQLSchema, text: string, given: Readonly<Record<string, unknown>>): CanonicalQuery {
  const parsed = parseQuery(text);
  const operations = parsed.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  if (operations.length !== 1) throw wrong("A citation is of exactly one operation.");
  const unnamed = visit(sortAST(parsed), { OperationDefinition: ({ name: _name, ...operation }) => operation });
  const query = print(unnamed);
  const declared = new Set(operations[0]!.variableDefinitions?.map(({ variable }) => variable.name.value));
  const used = Object.fromEntries(Object.entries(given).filter(([name]) => declared.has(name)));
  const variables = Buffer.from(canonicalJson(used)).toString("utf8");
  if (query.length + variables.length > maxCitedText) throw new AppError("LIMIT_EXCEEDED", `A cited query has at most ${maxCitedText} characters, with its variables.`, { details: { limit: maxCitedText } });
  const document = parseQuery(query);
  const [error] = validate(schema, document, [...specifiedRules, ...limitRules, citableRule]);
  if (error) throw error.extensions["code"] === "LIMIT_EXCEEDED" ? new AppError("LIMIT_EXCEEDED", error.message) : wrong(error.message);
  const refusal = refuseConditions(used);
  if (refusal !== null) throw wrong(refusal);
  return { document, query, variables, queryHash: createHash("sha256").update(`${query}\n${variables}`).digest("hex") };
}

function parseQuery(text: string): DocumentNode {
  try {
    return parse(text, { maxTokens: operationLimits.tokens, noLocation: true });
  } catch (cause) {
    throw new AppError("BAD_INPUT", `query: ${(cause as Error).message}`, { cause, details: { field: "query" } });
  }
}
