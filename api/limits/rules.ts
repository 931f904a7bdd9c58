import { maxAliasesRule } from "@escape.tech/graphql-armor-max-aliases";
import { maxDepthRule } from "@escape.tech/graphql-armor-max-depth";
import { maxDirectivesRule } from "@escape.tech/graphql-armor-max-directives";
import { GraphQLError, type ASTVisitor, type ValidationContext, type ValidationRule } from "graphql";
import { sizeRule } from "./size-rule.js";

/** Limits of one operation; `docs/api.md` names them. */
export const operationLimits = {
  /** Levels of selections; introspection is not counted. */
  depth: 12,
  aliases: 30,
  directives: 30,
  /** Lexical tokens of the document. */
  tokens: 4_000,
  /** Fields of an operation, and of one selection; fragments count as often as they are spread. */
  fields: 2_000,
  breadth: 200,
  /** Bytes of an answer. */
  answerBytes: 16 << 20,
  /** Bytes of an HTTP request or a WebSocket message. */
  bodyBytes: 256 << 10,
  /** Operations at once on one WebSocket. */
  socketOperations: 100,
} as const;

/** The rules throw plain syntax errors by default: ours reports a typed one instead, so that the others are told too. */
const reporting = (what: string, limit: number): { n: number; propagateOnRejection: false; onReject: ((context: ValidationContext | null) => void)[] } => ({
  n: limit,
  propagateOnRejection: false,
  onReject: [
    (context) =>
      context?.reportError(new GraphQLError(`The operation exceeds the limit of ${what}: ${limit}.`, { extensions: { code: "LIMIT_EXCEEDED" } })),
  ],
});

const asRule = (make: (context: ValidationContext) => unknown): ValidationRule => make as (context: ValidationContext) => ASTVisitor;

export const limitRules: ValidationRule[] = [
  sizeRule(operationLimits),
  asRule(maxDepthRule({ ...reporting("depth", operationLimits.depth), flattenFragments: true })),
  asRule(maxAliasesRule(reporting("aliases", operationLimits.aliases))),
  asRule(maxDirectivesRule(reporting("directives", operationLimits.directives))),
];
