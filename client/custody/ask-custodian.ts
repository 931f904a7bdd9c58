import { AppError } from "../../schema/errors.js";
import { fromErrorBody } from "../error-body.js";

/** How long a custodian may take, in ms. */
const timeoutMs = 15_000;

/** POSTs JSON to a custodian. @returns its answer, not looked at yet. @throws AppError with the custodian's code; CUSTODIAN_UNAVAILABLE, naming it */
export async function askCustodian({ name, url }: { name: string; url: string }, path: "/shares" | "/release" | "/destroy", body: object): Promise<unknown> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${url.replace(/\/+$/, "")}${path}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body), signal: AbortSignal.timeout(timeoutMs) });
    text = await response.text();
  } catch (cause) {
    throw new AppError("CUSTODIAN_UNAVAILABLE", `Custodian ${name} cannot be reached.`, { cause, details: { custodian: name } });
  }
  if (!response.ok) throw fromErrorBody(text, `Custodian ${name} answered with status ${response.status}.`);
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new AppError("CUSTODIAN_UNAVAILABLE", `What answers for custodian ${name} is none.`, { cause, details: { custodian: name } });
  }
}
