import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { createCast } from "../cli/demo/actor.js";
import { seedAccounts, seedMarket } from "../cli/demo/seed.js";

const entry = fileURLToPath(new URL("../cli/galen.js", import.meta.url));

interface Running {
  child: ChildProcess;
  api: string;
  ended: Promise<unknown>;
}

/** A stack with a home of its own, as `npm start` has one, on free ports. */
async function startStack(home: string, addresses: { registrar: string; treasurer: string }): Promise<Running> {
  const child = spawn(process.execPath, [entry, "stack", "--home", home, "--registrar", addresses.registrar, "--treasurer", addresses.treasurer], { stdio: ["pipe", "pipe", "pipe"] });
  let output = "";
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise((resolve) => child.once("close", resolve));
  const ready = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => resolve((JSON.parse(line) as { urls: { api: string } }).urls.api));
  });
  const api = await Promise.race([ready, ended.then(() => Promise.reject(new Error(`The stack did not start:\n${output}`)))]);
  return { child, api, ended };
}

test("a stack that is stopped, and one that is killed, come back with nothing lost, and the trade goes on", { timeout: 240_000 }, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "galen-restart-"));
  const home = join(folder, "home");
  const aborted = new AbortController();
  let stack: Running | undefined;
  context.after(async () => {
    aborted.abort();
    stack?.child.stdin?.end();
    await stack?.ended;
    rmSync(folder, { recursive: true, force: true });
  });
  const people = join(folder, "people");
  const cast = createCast({ folder: people, api: () => stack?.api ?? null, signal: aborted.signal });
  const addresses = await seedAccounts(cast, people);
  stack = await startStack(home, addresses);
  await seedMarket(cast, people, addresses, (step) => context.diagnostic(step));

  interface Listed { totalCount: number; listings: { id: string; tradable: boolean; status: string; transactionHash: string }[] }
  const list = (): Promise<Listed> => cast.actor("buyer").run<Listed>("listing", "list");
  const before = await list();
  assert.equal(before.listings.filter(({ tradable }) => tradable).length, 4);
  assert.equal(before.listings.filter(({ status }) => status === "PENDING").length, 1);
  const [first, second] = before.listings.filter(({ tradable }) => tradable).map(({ id }) => id);
  assert.ok(first !== undefined && second !== undefined);
  const { orders } = await cast.actor("buyer").run<{ orders: { orderId: string }[] }>("buyer", "buy", first, "--purpose", "GENERAL_RESEARCH");

  // An orderly stop in the middle of a delivery.
  stack.child.stdin?.end();
  await stack.ended;
  stack = await startStack(home, addresses);
  assert.deepEqual((await list()).listings.map(({ id, transactionHash }) => [id, transactionHash]), before.listings.map(({ id, transactionHash }) => [id, transactionHash]));
  const orderId = orders[0]?.orderId ?? "";
  const { fetched } = await cast.actor("buyer").run<{ fetched: { plaintextRoot: string; chainRoot: string }[] }>("buyer", "fetch", orderId, "--output", join(folder, "bought"));
  assert.equal(fetched[0]?.plaintextRoot, fetched[0]?.chainRoot);

  // A kill, as by a power cut. The development chain saves every second (D5): give it that, then kill without warning.
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  stack.child.kill("SIGKILL");
  await stack.ended;
  stack = await startStack(home, addresses);
  const after = await list();
  assert.deepEqual(after.listings.map(({ id, transactionHash }) => [id, transactionHash]), before.listings.map(({ id, transactionHash }) => [id, transactionHash]));
  const again = await cast.actor("buyer").run<{ orders: { orderId: string }[] }>("buyer", "buy", second, "--purpose", "GENERAL_RESEARCH");
  const delivered = await cast.actor("buyer").run<{ fetched: { sha256: string }[] }>("buyer", "fetch", again.orders[0]?.orderId ?? "", "--output", join(folder, "bought"));
  assert.match(delivered.fetched[0]?.sha256 ?? "", /^[0-9a-f]{64}$/);

  // The provider has the second record erased: nobody can buy it any more. The operator's commands are for operators.
  const provider = cast.actor("provider");
  const uploads = await provider.run<{ id: string; listingId: string | null }[]>("provider", "uploads");
  const upload = uploads.find(({ listingId }) => listingId === second)?.id ?? "";
  const certificate = join(folder, "erased.json");
  await assert.rejects(provider.run("provider", "erase", upload, "--certificate", certificate), { code: "BAD_INPUT" });
  const erased = await provider.run<{ listingId: string; delisted: boolean }>("provider", "erase", upload, "--certificate", certificate, "--yes");
  assert.deepEqual([erased.listingId, erased.delisted], [second, true]);
  assert.ok((JSON.parse(readFileSync(certificate, "utf8")) as { signature: string }).signature);
  await assert.rejects(cast.actor("buyer").run("buyer", "buy", second, "--purpose", "GENERAL_RESEARCH"), { code: "NOT_TRADABLE" });
  await assert.rejects(cast.actor("buyer").run("jobs", "list"), { code: "FORBIDDEN" });
});
