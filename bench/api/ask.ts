import type { Asked } from "./queries.js";
import type { Server } from "./servers.js";

/** @returns what was asked for. @throws Error with what the server says is wrong */
export async function ask({ port }: Server, asked: Asked): Promise<Record<string, unknown>> {
  const response = await fetch(`http://127.0.0.1:${port}/graphql`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(asked) });
  const { data, errors } = (await response.json()) as { data?: Record<string, unknown>; errors?: unknown };
  if (errors || !data) throw new Error(JSON.stringify(errors).slice(0, 500));
  return data;
}
