import { HeaderMap, type HTTPGraphQLResponse } from "@apollo/server";
import { AppError } from "../../schema/errors.js";
import { chainExtension } from "../chain/extension.js";
import type { ApiContext } from "../context.js";
import { formatError } from "../errors/format-error.js";
import { httpStatus } from "../../platform/service/http-status.js";
import type { KnownQueries, KnownQuery } from "../execution/known-queries.js";
import { runPlan } from "../execution/run-plan.js";
import { admit, type Admitted } from "../limits/admit.js";

type Body = Record<string, unknown>;

const isRecord = (value: unknown): value is Body => typeof value === "object" && value !== null && !Array.isArray(value);
const isAbsent = (value: unknown): boolean => value === undefined || value === null;

/** @returns the query that a body asks for, if it is known and the body says nothing unusual; null for what the general way has to look at. */
export function findKnown(queries: KnownQueries, body: unknown): KnownQuery | null {
  if (!isRecord(body)) return null;
  const { operationName, variables } = body;
  const text = textOf(queries, body);
  if (text === null || !(isAbsent(operationName) || typeof operationName === "string") || !(isAbsent(variables) || isRecord(variables))) return null;
  return queries.find(text, (operationName as string | null | undefined) ?? undefined, (variables as Body | null | undefined) ?? {});
}

/** Either the text or the hash of a registered one: both together register, which is not done here. */
function textOf(queries: KnownQueries, { query, extensions }: Body): string | null {
  if (!isAbsent(extensions) && !isRecord(extensions)) return null;
  const persisted = (extensions as Body | null | undefined)?.["persistedQuery"];
  if (isAbsent(persisted)) return typeof query === "string" ? query : null;
  return isAbsent(query) && isRecord(persisted) && persisted["version"] === 1 && typeof persisted["sha256Hash"] === "string" ? queries.textOf(persisted["sha256Hash"]) : null;
}

/**
 * What the general way would answer, byte for byte but for the order of errors: a query that was answered before is neither parsed, validated nor
 * planned again. Its limits, rules and resolvers are those of every other.
 * @param type - of the content, as it is for the same Accept header
 */
export async function answerKnown({ document, operation, plan, given, variables }: KnownQuery, context: ApiContext, type: string): Promise<HTTPGraphQLResponse> {
  const { deps, requestId, client, address, statements } = context;
  const headers = new HeaderMap([["cache-control", "no-store"], ["content-type", type]]);
  const shown = (error: unknown): object => formatError(error, { requestId, log: deps.log });
  const answer = (status: number | undefined, body: object): HTTPGraphQLResponse => ({ ...(status === undefined ? {} : { status }), headers, body: { kind: "complete", string: `${JSON.stringify(body)}\n` } });
  statements.isCancellable = true;
  // Asked before anything is read: the answer can only be newer than it says.
  const chain = chainExtension(deps);
  let admitted: Admitted;
  try {
    admitted = await admit(deps.limits, plan.schema, { document, operationName: operation.name?.value, variables: given }, client, address);
  } catch (refusal) {
    if (!(refusal instanceof AppError)) throw refusal;
    const { retryAfterSeconds } = refusal.details;
    if (retryAfterSeconds !== undefined) headers.set("retry-after", String(retryAfterSeconds));
    return answer(httpStatus(refusal.code), { errors: [shown(refusal)], extensions: { chain: await chain } });
  }
  const { data, errors } = await runPlan(plan, context, variables);
  return answer(undefined, { errors: errors?.map(shown), data, extensions: { chain: await chain, cost: { estimated: admitted.cost, left: admitted.left } } });
}
