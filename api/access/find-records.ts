import { AccessRecord } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import { Role } from "../../schema/market.js";
import { viewerHasRole } from "../auth/accreditation.js";
import { requireViewer, type ApiContext } from "../context.js";
import { allOf, bind, part } from "../filters/sql.js";
import { parseHash } from "../input/parse.js";
import { hydrate } from "../loaders/hydrate.js";
import { decodeCursor, encodeCursor } from "../paging/cursor.js";
import { pageSize } from "../paging/page-size.js";
import type { AccessRecordConnection } from "../types/access.js";

export interface AccessRecordPage extends Omit<AccessRecordConnection, "edges"> {
  edges: { cursor: string; node: AccessRecord }[];
  countAll(): Promise<number>;
}

interface RecordsQuery {
  listingId?: string | null;
  orderId?: string | null;
  first?: number | null;
  after?: string | null;
}

/** @throws AppError UNAUTHENTICATED, BAD_INPUT, FORBIDDEN, NOT_FOUND, LIMIT_EXCEEDED, CURSOR_INVALID */
export async function findAccessRecords(context: ApiContext, query: RecordsQuery): Promise<AccessRecordPage> {
  const listingId = query.listingId ? parseHash("listingId", query.listingId) : null;
  const orderId = query.orderId ? parseHash("orderId", query.orderId) : null;
  await requireConcerned(context, listingId, orderId);
  const { database, keys } = context.deps;
  const size = pageSize(query.first);
  const scope = `accessRecords|${listingId}|${orderId}`;
  const chosen = [...(listingId === null ? [] : [part("r.listing_id = ?", listingId)]), ...(orderId === null ? [] : [part("r.order_id = ?", orderId)])];
  const from = query.after ? [part("r.seq > ?::bigint", decodeCursor(keys.cursor, scope, query.after)[0])] : [];
  const { text, values } = bind(part("select r.* from app.access_record r where"), allOf([...chosen, ...from]), part("order by r.seq limit ?", size + 1));
  const rows = hydrate(database, AccessRecord, (await database.query(text, values)) as Record<string, unknown>[]);
  const edges = rows.slice(0, size).map((node) => ({ node, cursor: encodeCursor(keys.cursor, scope, [node.seq.toString()]) }));
  return {
    edges,
    pageInfo: { hasNextPage: rows.length > size, endCursor: edges.at(-1)?.cursor ?? null },
    async countAll() {
      const count = bind(part("select count(*)::int as count from app.access_record r where"), allOf(chosen));
      const [row] = (await database.query(count.text, count.values)) as { count: number }[];
      return row?.count ?? 0;
    },
  };
}

async function requireConcerned(context: ApiContext, listingId: string | null, orderId: string | null): Promise<void> {
  const { account } = requireViewer(context);
  if (listingId === null && orderId === null) throw new AppError("BAD_INPUT", "listingId or orderId must be given", { details: { field: "listingId" } });
  if (await viewerHasRole(context, Role.AUDITOR)) return;
  const order = orderId === null ? null : await context.loaders.order.load(orderId);
  if (order?.buyer === account) return;
  const concerned = listingId ?? order?.listingId ?? null;
  const listing = concerned === null ? null : await context.loaders.listing.load(concerned);
  const upload = concerned === null ? null : await context.loaders.uploadOfListing.load(concerned);
  if (listing?.provider === account || upload?.owner === account) return;
  if (!listing && !upload) throw new AppError("NOT_FOUND", "No such listing or order.");
  throw new AppError("FORBIDDEN", "Only the listing's provider, the order's buyer and accredited auditors may see this.");
}
