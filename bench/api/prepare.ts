import pg from "pg";
import { ask } from "./ask.js";
import { depth, kindOf, sets, type Cursors, type ServerName } from "./queries.js";
import type { Server } from "./servers.js";

/** Cursors on the way to deep pages, by kind: the next walk begins there. */
const walked = new Map<number, { price: string; cursor: string }[]>();

/** Cursors of deep pages, as each server gives them, and listings that have orders. */
export async function prepare(url: string, servers: readonly Server[]): Promise<{ cursors: Cursors; ids: string[] }> {
  const client = new pg.Client(url);
  // An error elsewhere stops Postgres while this is open: that error is the one to be told.
  client.on("error", () => undefined);
  await client.connect();
  const { rows } = await client.query<{ id: string }>("select listing_id as id from trade_order group by listing_id order by min(purchased_block) limit $1", [sets]);
  const cursors: Record<ServerName, string[]> = { galen: [], postgraphile: [], openreader: [] };
  const [galen, postgraphile] = servers as [Server, Server];
  for (let index = 0; index < sets; index++) {
    const kind = kindOf(index);
    const { rows: counted } = await client.query<{ n: number }>("select count(*)::int as n from peer.listing where status = 'APPROVED' and data_kind = $1", [kind]);
    const middle = Math.floor(counted[0]!.n / 2);
    const skipped = Math.max(1, Math.min(depth, middle) + ((index * 7) % Math.max(1, middle)));
    cursors.openreader.push(String(skipped));
    const { rows: row } = await client.query<{ price: string; id: string }>("select price::text, id from peer.listing where status = 'APPROVED' and data_kind = $1 order by listing.price, id offset $2 limit 1", [kind, skipped - 1]);
    const { price } = row[0]!;
    // The page of equal prices that the row is in: its cursor is the server's own.
    const deep = await ask(postgraphile, { query: `{ allListings(condition: { status: "APPROVED", dataKind: ${kind} }, orderBy: [PRICE_ASC, ROW_ID_ASC], first: 1, offset: ${skipped - 1}) { pageInfo { endCursor } } }` });
    cursors.postgraphile.push((deep["allListings"] as { pageInfo: { endCursor: string } }).pageInfo.endCursor);
    cursors.galen.push(await ownCursor(galen, kind, price, row[0]!.id));
  }
  await client.end();
  return { cursors, ids: rows.map(({ id }) => id) };
}

/** Ours are signed for one filter and order: walk to the row from the last one with a smaller price, by the same filter. */
async function ownCursor(galen: Server, kind: number, price: string, id: string): Promise<string> {
  const kinds = ["FHIR", "HL7V2", "TABULAR", "DICOM", "NOTE", "IMAGE", "MIXED"];
  const where = { status: { eq: "APPROVED" }, dataKind: { eq: kinds[kind - 1] } };
  const query = "query($where: ListingFilter, $after: String) { listings(where: $where, orderBy: [{ field: PRICE }], first: 200, after: $after) { edges { cursor node { id price { amount } } } pageInfo { endCursor hasNextPage } } }";
  interface Found {
    listings: { edges: { cursor: string; node: { id: string; price: { amount: string } } }[]; pageInfo: { endCursor: string; hasNextPage: boolean } };
  }
  const memo = walked.get(kind) ?? [];
  walked.set(kind, memo);
  const known = memo.filter((each) => BigInt(each.price) < BigInt(price)).at(-1);
  for (let after: string | null = known?.cursor ?? null; ; ) {
    const { listings: page } = (await ask(galen, { query, variables: { where, after } })) as unknown as Found;
    const found = page.edges.find(({ node }) => node.id === id);
    if (found) return found.cursor;
    if (!page.pageInfo.hasNextPage) throw new Error(`Listing ${id} is on no page.`);
    after = page.pageInfo.endCursor;
    const last = page.edges.at(-1)!;
    memo.push({ price: last.node.price.amount, cursor: last.cursor });
  }
}
