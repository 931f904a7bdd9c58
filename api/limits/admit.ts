import type { DocumentNode, GraphQLSchema } from "graphql";
import { AppError } from "../../schema/errors.js";
import type { Caller } from "../auth/viewer.js";
import { listLimit, longestList } from "./list-size.js";
import type { Budget } from "./budget.js";
import { operationCost } from "./cost.js";
import type { Usage } from "./usage.js";

export interface Limits {
  readonly budget: Budget;
  readonly usage: Usage;
  /** Most that one operation may cost; 0 = without bound. */
  readonly costLimit: number;
  /** Of a minute, by who asks; 0 = without bound. */
  readonly budgets: { readonly anonymous: number; readonly known: number };
}

export interface Operation {
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variables: Record<string, unknown>;
}

/** What an operation was estimated to cost, and what its client has left. */
export interface Admitted {
  readonly cost: number;
  /** Null where there is no budget. */
  readonly left: number | null;
}

/**
 * Estimates a valid operation before anything of it runs, and takes its cost from its client's budget.
 * @param address - of a client that is not known otherwise.
 * @throws AppError LIMIT_EXCEEDED (details: cost, limit), RATE_LIMITED (details: cost, budget, left, retryAfterSeconds)
 */
export async function admit(limits: Limits, schema: GraphQLSchema, operation: Operation, client: Caller["client"], address: string): Promise<Admitted> {
  const { budget, usage, costLimit, budgets } = limits;
  const longest = longestList(operation.variables);
  if (longest > listLimit) throw new AppError("LIMIT_EXCEEDED", `A list has at most ${listLimit} values.`, { details: { limit: listLimit } });
  const cost = operationCost(schema, operation);
  const note = (refused: boolean): void => {
    if (client?.apiKeyId != null) usage.note(client.apiKeyId, { cost, refused });
  };
  if (costLimit > 0 && cost > costLimit) {
    note(true);
    throw new AppError("LIMIT_EXCEEDED", `The operation is estimated to cost ${cost}, more than the limit of ${costLimit}: ask for smaller pages, or for less of each.`, { details: { cost, limit: costLimit } });
  }
  const whole = client ? budgets.known : budgets.anonymous;
  const { allowed, left, resetSeconds } = await budget.spend(client?.id ?? `ip:${address}`, cost, whole);
  note(!allowed);
  if (!allowed) {
    throw new AppError("RATE_LIMITED", `The operation costs ${cost}, and ${left} of this minute's budget of ${whole} are left: try again in ${resetSeconds} s.`, {
      details: { cost, budget: whole, left, retryAfterSeconds: resetSeconds },
    });
  }
  return { cost, left: whole === 0 ? null : left };
}
