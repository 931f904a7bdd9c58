import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, before, test } from "node:test";
import { tableFromIPC } from "apache-arrow";
import { parse } from "csv-parse/sync";
import { Wallet } from "ethers";
import { createClient, exportGroups, exportRows, openExport } from "../../client/index.js";
import { packageRoot } from "../../platform/package-root.js";
import { AppError } from "../../schema/errors.js";
import { Role } from "../../schema/market.js";
import { withApi, type TestApi } from "../../test/support/with-api.js";
import { keepFile } from "./keep-file.js";
import { readText } from "./read-text.js";

const provider = Wallet.createRandom();
let t: TestApi;
let folder: string;
let ids: string[];
const file = (name: string): string => join(folder, name);

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "galen-export-"));
  t = await withApi();
  await t.accredit(provider, Role.PROVIDER);
  ids = [];
  for (const price of [3_000_000n, 4_000_000n, 5_000_000n]) ids.push((await t.list(provider, { price })).listingId);
  assert.equal((await galen("account", "create")).code, 0);
});
after(async () => {
  rmSync(folder, { recursive: true, force: true });
  await t.stop();
});

interface Ran {
  code: number | null;
  out: Buffer;
  err: string;
}
/** The command itself, as an analyst's shell runs it. */
async function galen(...args: string[]): Promise<Ran> {
  const child = spawn(process.execPath, [join(packageRoot(), "dist/cli/galen.js"), "--json", "--api", t.url, "--profile", file("profile"), ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on("data", (piece: Buffer) => out.push(piece));
  child.stderr.on("data", (piece: Buffer) => err.push(piece));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, out: Buffer.concat(out), err: Buffer.concat(err).toString() };
}
const told = ({ out }: Ran): { file: string; format: string; block: number; rows: number; bytes: number; sha256: string } => JSON.parse(out.toString()) as ReturnType<typeof told>;
const hasCode = (code: string) => (error: unknown): boolean => error instanceof AppError && error.code === code;
const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

test("rows go into a file, whole and of one block, with their number, bytes and hash told; a file that is there is kept", async () => {
  const path = file("listings.csv");
  const first = await galen("export", "listings", "--where", '{"price":{"gte":"4000000"}}', "--output", path);
  assert.equal(first.code, 0, first.err);
  const bytes = readFileSync(path);
  const { rows, block, ...kept } = told(first);
  assert.deepEqual([rows, kept], [2, { file: path, format: "CSV", bytes: bytes.length, sha256: sha256(bytes) }]);
  assert.deepEqual((parse(bytes, { columns: true }) as { id: string }[]).map(({ id }) => id), ids.slice(1).sort());

  const again = await galen("export", "listings", "--output", path);
  assert.deepEqual([again.code, again.out.length], [1, 0]);
  assert.match(again.err, /^CONFLICT: .*--force/);
  assert.deepEqual(readFileSync(path), bytes);

  await t.list(provider);
  const replaced = await galen("export", "listings", "--block", String(block), "--output", path, "--force");
  assert.deepEqual([replaced.code, told(replaced).rows, told(replaced).block], [0, 3, block]);
  assert.deepEqual(readdirSync(folder).filter((name) => name !== "profile"), ["listings.csv"]);
});

test("standard output has the rows alone, so that they can be piped on", async () => {
  const { code, out, err } = await galen("export", "listings", "--format", "arrow", "--where", '{"tradable":false}');
  assert.equal(code, 0, err);
  assert.equal(tableFromIPC(new Uint8Array(out)).numRows, 4);
  assert.deepEqual((JSON.parse(err) as { sha256: string }).sha256, sha256(out));
});

test("an aggregate's query is a file of its groups", async () => {
  writeFileSync(file("query.graphql"), "query Prices($min: BigInt!) { prices: listingAggregates(where: { price: { gte: $min } }, groupBy: [STATUS]) { block groups { count price { sum { amount } } } } }");
  const groups = await galen("export", "groups", file("query.graphql"), "--variables", '{"min":"4000000"}', "--output", file("groups.parquet"));
  assert.equal(groups.code, 0, groups.err);
  assert.deepEqual([told(groups).format, told(groups).rows], ["PARQUET", 1]);
  assert.equal(readFileSync(file("groups.parquet")).subarray(0, 4).toString(), "PAR1");

  const client = createClient({ apiUrl: t.url, token: await t.signIn(provider) });
  const read = async (query: string): Promise<unknown> => {
    const pieces: Uint8Array[] = [];
    for await (const piece of openExport(await exportGroups(client, { query, format: "CSV" }))) pieces.push(piece);
    return parse(Buffer.concat(pieces), { columns: true });
  };
  assert.deepEqual(await read("{ listingAggregates(where: { price: { lte: \"4000000\" } }) { groups { count price { max { amount } } } export(format: ARROW) { rows } } }"), [{ count: "2", price_max_tusd_e6: "4000000" }]);
  for (const query of ["{ listings { totalCount } }", "{ listingAggregates { groups { count } } orderAggregates { groups { count } } }", "mutation { signOut }", "{ listingAggregates"]) {
    await assert.rejects(exportGroups(client, { query, format: "CSV" }), hasCode("BAD_INPUT"), query);
  }
});

test("what is refused, or breaks off, is told by its code, and leaves no file", async () => {
  const refused = async (code: string, ...args: string[]): Promise<void> => {
    const ran = await galen("export", ...args);
    assert.deepEqual([ran.code, ran.err.split(":")[0]], [1, code], ran.err);
  };
  await refused("BAD_INPUT", "listings", "--where", '{"price":{"gte":"x"}}', "--output", file("a.csv"));
  await refused("BAD_INPUT", "listings", "--output", file("a.xlsx"));
  await assert.rejects(keepFile(Readable.from([Buffer.from("x")]), join(folder, "none", "a.csv"), { force: false }), hasCode("BAD_INPUT"));
  assert.throws(() => readText(file("none.graphql")), hasCode("NOT_FOUND"));
  const link = await exportRows(createClient({ apiUrl: t.url, token: await t.signIn(provider) }), "listings", { format: "CSV" });
  for (const [url, code] of [[`${link.url.slice(0, -2)}xx`, "LINK_INVALID"], [link.url.replace(t.url, "http://127.0.0.1:1"), "API_UNREACHABLE"]] as const) {
    await assert.rejects(async () => {
      for await (const _ of openExport({ url })) assert.fail("nothing is told");
    }, hasCode(code));
  }
  await t.api.deps.redis.flushdb();
  await assert.rejects(openExport(link).next(), hasCode("LINK_EXPIRED"));
  assert.deepEqual(readdirSync(folder).filter((name) => name.startsWith("a.")), []);
});

test("what breaks off in the middle is no file", async () => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/csv" });
    response.write("id,price\r\n", () => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  writeFileSync(file("many.csv"), "what was there");
  const cut = (): Promise<unknown> => keepFile(openExport({ url: `http://127.0.0.1:${port}/` }), file("many.csv"), { force: true });
  await assert.rejects(cut(), hasCode("API_UNREACHABLE"));
  assert.deepEqual(readdirSync(folder).filter((name) => name.startsWith("many.csv")), ["many.csv"]);
  assert.equal(readFileSync(file("many.csv"), "utf8"), "what was there");
  server.close();
});
