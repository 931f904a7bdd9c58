import { createHash } from "node:crypto";
import { execute, type GraphQLSchema } from "graphql";
import { canonicalJson } from "../../crypto/canonical-json.js";
import { AppError } from "../../schema/errors.js";
import { nobody } from "../auth/viewer.js";
import { createContext, type ApiContext } from "../context.js";
import { toTypedError } from "../errors/to-typed-error.js";
import { admit } from "../limits/admit.js";
import { operationLimits } from "../limits/rules.js";
import type { CanonicalQuery } from "./canonical-query.js";

export interface CitedResult {
  /** The answer's data as RFC 8785 has it. */
  readonly text: string;
  /** SHA-256 of its bytes, in hexadecimal. */
  readonly hash: string;
  readonly bytes: number;
  /** Beginnings of the hashes of its parts, by their paths. */
  readonly parts: Readonly<Record<string, string>>;
}

/** Most parts that are told apart; of more, lists are told as a whole. */
const maxParts = 2_000;

/**
 * Asks as nobody, as of a block, from the budget of whoever asks for it.
 * @throws AppError what any part of the answer fails with; LIMIT_EXCEEDED, RATE_LIMITED
 */
export async function runCited(context: ApiContext, schema: GraphQLSchema, { document, variables: text }: Pick<CanonicalQuery, "document" | "variables">, block: number): Promise<CitedResult> {
  const { deps, client, address, statements, requestId } = context;
  const variables = JSON.parse(text) as Record<string, unknown>;
  await admit(deps.limits, schema, { document, operationName: undefined, variables }, client, address);
  const asNobody = createContext(deps, nobody, requestId, { statements, pinnedBlock: block });
  const { data, errors } = await execute({ schema, document, variableValues: variables, contextValue: asNobody });
  const [error] = errors ?? [];
  if (error) throw error.originalError ? toTypedError(error.originalError) : new AppError("BAD_INPUT", error.message, { details: { field: "query" } });
  const plain = JSON.parse(JSON.stringify(data)) as Record<string, unknown>;
  const bytes = canonicalJson(plain);
  if (bytes.length > operationLimits.answerBytes) throw new AppError("LIMIT_EXCEEDED", `The answer has more than ${operationLimits.answerBytes} bytes: ask for less.`, { details: { limit: operationLimits.answerBytes } });
  return { text: Buffer.from(bytes).toString("utf8"), hash: sha256(bytes), bytes: bytes.length, parts: partsOf(plain) };
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Each field of each root, and each entry of its lists. */
function partsOf(data: Record<string, unknown>): Record<string, string> {
  const parts: [string, unknown][] = [];
  for (const [root, value] of Object.entries(data)) {
    for (const [name, inner] of Object.entries(value as object)) {
      if (Array.isArray(inner) && parts.length + inner.length < maxParts) inner.forEach((each, index) => parts.push([`${root}.${name}[${index}]`, each]));
      else parts.push([`${root}.${name}`, inner]);
    }
  }
  return Object.fromEntries(parts.map(([path, value]) => [path, sha256(canonicalJson(value)).slice(0, 8)]));
}
