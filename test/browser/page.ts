import { base64 } from "@scure/base";
import { webBackend } from "../../crypto/backend/web.js";
import { toAppError } from "../../schema/errors.js";
import { prepareSeeded } from "./prepare-seeded.js";

/** What the page in the browser runs: prepares each record that the test gives it, and says what came out. */
const { origin } = (globalThis as unknown as { location: { origin: string } }).location;
const { recipient, records } = (await (await fetch(`${origin}/work`)).json()) as { recipient: string; records: string[] };
const answers: unknown[] = [];
for (const record of records) {
  try {
    const { prepared, stored } = await prepareSeeded(webBackend, base64.decode(record), recipient);
    answers.push({ prepared, stored: base64.encode(stored) });
  } catch (error) {
    const { code, message, cause } = toAppError(error);
    answers.push({ code, message: cause instanceof Error ? `${message} ${cause.stack ?? ""}` : message });
  }
}
await fetch(`${origin}/done`, { method: "POST", body: JSON.stringify(answers) });
