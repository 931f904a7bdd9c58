import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { packageRoot } from "../../platform/package-root.js";

/** One indexer in the race: how its process is started, and how one sees that it is done. */
export interface Contestant {
  readonly name: string;
  readonly command: (files: { readonly deployment: string }) => readonly string[];
  readonly folder: string;
  readonly env: (port: number) => Readonly<Record<string, string>>;
  /** Needs our migrations before. */
  readonly migrated: boolean;
  /** `$1`: id of the last purchase; true when it is visible. Cheap, to be asked often. */
  readonly visible: string;
  /** `$1`: number of purchases; true when all rows are visible. */
  readonly done: string;
  /** Listings and purchases, in the columns that all share. */
  readonly rows: { readonly listings: string; readonly purchases: string };
}

const root = packageRoot();
const peers = join(root, "bench", "peers");
const compiled = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const plainRows = {
  listings: "select concat_ws(',', id, provider, price, metadata_hash, data_kind, sales, listed_block) as line from listing",
  purchases: "select concat_ws(',', id, listing_id, buyer, price, block) as line from purchase",
};
const plainVisible = "select exists (select from purchase where id = $1) as done";
const plainDone = "select (select count(*) from purchase) = $1 and (select sum(sales) from listing) = $1 as done";

export const ours: Contestant = {
  name: "ours, the whole product",
  command: () => [compiled("../../indexer/main.js")],
  folder: root,
  env: () => ({ FINALITY_DEPTH: "2", NODE_ENV: "production", LOG_LEVEL: "error" }),
  migrated: true,
  visible: "select exists (select from trade_order where id = $1) as done",
  done: "select (select count(*) from trade_order) = $1 and (select sum(sales) from listing where to_block is null) = $1 and (select status from chain_status) = 'LIVE' and not exists (select from index_aside) as done",
  rows: {
    listings: "select concat_ws(',', id, provider, price, metadata_hash, data_kind, sales, listed_block) as line from listing where to_block is null",
    purchases: "select concat_ws(',', id, listing_id, buyer, price, purchased_block) as line from trade_order where to_block is null",
  },
};
export const projection: Contestant = {
  name: "ours, the projection alone",
  command: () => [compiled("./projection.js")],
  folder: root,
  env: () => ({}),
  migrated: false,
  visible: plainVisible,
  done: plainDone,
  rows: plainRows,
};
export const stock: Contestant = {
  name: "stock Subsquid, store.insert",
  command: () => [join(peers, "subsquid", "processor.js")],
  folder: join(peers, "subsquid"),
  env: () => ({}),
  migrated: false,
  visible: plainVisible,
  done: plainDone,
  rows: plainRows,
};
const ponder = (name: string, requests: string): Contestant => ({
  name,
  command: () => [join(peers, "ponder", "node_modules", "ponder", "dist", "esm", "bin", "ponder.js"), "start", "--schema", "public", "--log-level", "warn"],
  folder: join(peers, "ponder"),
  env: (port) => ({ PORT: `${port}`, PONDER_TELEMETRY_DISABLED: "1", ...(requests ? { PONDER_RPS: requests } : {}) }),
  migrated: false,
  visible: plainVisible,
  done: plainDone,
  rows: plainRows,
});
export const ponderLifted = ponder("Ponder 0.16.10, limiter lifted", "100000");
export const ponderShipped = ponder("Ponder 0.16.10, as shipped", "");

/** Tables that Subsquid's store expects to find. */
export const stockTables = `
  create table listing (id text primary key, provider text not null, price numeric not null, metadata_hash text not null, data_kind int not null, sales int not null, listed_block int not null);
  create table purchase (id text primary key, listing_id text not null, buyer text not null, price numeric not null, block int not null)`;

/** Installs the peers, each in its own package folder, and makes Ponder's request limiter a setting (`PONDER_RPS`; unset, it is as shipped). */
export function installPeers(): void {
  for (const folder of ["ponder", "subsquid"].map((name) => join(peers, name))) {
    if (existsSync(join(folder, "node_modules"))) continue;
    const { status, stderr } = spawnSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder, encoding: "utf8" });
    if (status !== 0) throw new Error(`npm ci failed in ${folder}: ${stderr.slice(-500)}`);
  }
  const file = join(peers, "ponder", "node_modules", "ponder", "dist", "esm", "rpc", "index.js");
  const text = readFileSync(file, "utf8");
  const lifted = text
    .replace("const INITIAL_MAX_RPS = 20;", "const INITIAL_MAX_RPS = Number(process.env.PONDER_RPS ?? 20);")
    .replace("const MAX_RPS = 500;", "const MAX_RPS = Number(process.env.PONDER_RPS ?? 500);");
  if (!lifted.includes("process.env.PONDER_RPS ?? 500")) throw new Error("Ponder's limiter is not where it was.");
  if (lifted !== text) writeFileSync(file, lifted);
}
