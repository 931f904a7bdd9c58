import { AppError } from "../schema/errors.js";
import type { GalenClient } from "./client.js";
import { fromErrorBody } from "./error-body.js";

/** PUTs bytes that belong to an upload, with the access token. @throws AppError with the API's code, API_UNREACHABLE */
export async function putBody(client: GalenClient, url: string, body: Uint8Array): Promise<void> {
  let response: Response;
  try {
    response = await fetch(url, { method: "PUT", headers: { authorization: `Bearer ${client.token()}` }, body: new Uint8Array(body) });
  } catch (cause) {
    throw new AppError("API_UNREACHABLE", "The API cannot be reached.", { cause });
  }
  if (!response.ok) throw fromErrorBody(await response.text(), `It was answered with status ${response.status}.`);
}
