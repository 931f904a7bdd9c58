import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Actor, Cast } from "./actor.js";
import { CommandFailedError } from "./command.js";
import { consentForm } from "./consent-form.js";

const people = ["registrar", "treasurer", "provider", "auditor-1", "auditor-2", "auditor-3", "buyer"] as const;
type Person = (typeof people)[number];

export type Addresses = Readonly<Record<Person, string>>;

/** Makes the people of a development market, or finds them: each a profile folder, as `--profile` of the user commands wants it. */
export async function seedAccounts(cast: Cast, folder: string): Promise<Addresses> {
  const kept = join(folder, "addresses.json");
  if (existsSync(kept)) return JSON.parse(readFileSync(kept, "utf8")) as Addresses;
  const made = await Promise.all(
    people.map(async (name) => {
      const { address } = await cast.actor(name).run<{ address: string }>("account", existsSync(join(folder, name, "wallet.key")) ? "address" : "create");
      return [name, address] as const;
    }),
  );
  writeWhole(kept, JSON.stringify(Object.fromEntries(made), null, 2));
  return Object.fromEntries(made) as Addresses;
}

/**
 * Fills an empty market once: participants, test dollars for the buyer, and listings of the sample records, all but one of them approved.
 * Broken off, it goes on with the step it was at; what that step had done is recognised.
 */
export async function seedMarket(cast: Cast, folder: string, addresses: Addresses, onProgress: (line: string) => void): Promise<void> {
  const noted = join(folder, "seeded.json");
  const done = new Set(existsSync(noted) ? (JSON.parse(readFileSync(noted, "utf8")) as string[]) : []);
  const once = async (step: string, run: () => Promise<unknown>): Promise<void> => {
    if (done.has(step)) return;
    onProgress(step);
    await run();
    done.add(step);
    writeWhole(noted, JSON.stringify([...done]));
  };
  const actor = (name: Person): Actor => cast.actor(name);
  const apply = (name: Person, role: string, kind: string, institution: string): Promise<unknown> =>
    unless("CONFLICT", actor(name).run("account", "apply", "--roles", role, "--kind", kind, "--institution", institution, "--credential", `licence of ${institution}`));

  await once("institutions apply for accreditation", async () => {
    await Promise.all([
      apply("provider", "PROVIDER", "HOSPITAL", "St. Elsewhere Hospital"),
      apply("auditor-1", "AUDITOR", "UNIVERSITY", "Ethics Board North"),
      apply("auditor-2", "AUDITOR", "UNIVERSITY", "Ethics Board South"),
      apply("auditor-3", "AUDITOR", "UNIVERSITY", "Ethics Board West"),
      apply("buyer", "BUYER", "RESEARCH_INSTITUTION", "Institute of Population Health"),
    ]);
  });
  await once("the registrar accredits them", () => actor("registrar").run("registrar", "accredit"));
  await once("the treasurer mints test dollars", () => actor("treasurer").run("treasurer", "mint", "--to", addresses.buyer, "--amount", "100000", "--reference", "seed"));
  await once("the provider uploads sample records", async () => {
    const evidence = join(folder, "consent-form.txt");
    writeWhole(evidence, consentForm);
    const samples = await actor("provider").run<{ file: string }[]>("samples", "--output", join(folder, "samples"));
    await Promise.all(samples.map(({ file }) => unless("DUPLICATE_CONTENT", actor("provider").run("provider", "upload", file, "--legal-basis", "consent", "--evidence", evidence))));
  });
  await once("the provider lists them", async () => {
    const uploads = await actor("provider").run<{ id: string; status: string }[]>("provider", "uploads");
    await Promise.all(uploads.filter(({ status }) => status === "STORED").map(({ id }) => actor("provider").run("provider", "publish", id)));
  });
  await once("two auditors approve all but the last", async () => {
    const { listings } = await actor("provider").run<{ listings: { id: string; status: string; approvals: number }[] }>("listing", "list");
    const approved = listings.filter(({ status, approvals }) => status === "PENDING" && approvals === 0).slice(1);
    for (const name of ["auditor-1", "auditor-2"] as const) if (approved.length > 0) await actor(name).run("audit", "approve", ...approved.map(({ id }) => id));
  });
}

/** A step run again finds what it had done: that refusal is no fault. */
async function unless(code: string, attempt: Promise<unknown>): Promise<void> {
  try {
    await attempt;
  } catch (error) {
    if (!(error instanceof CommandFailedError && error.code === code)) throw error;
  }
}

function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
