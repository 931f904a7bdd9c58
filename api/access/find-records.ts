import type { AccessRecord } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import { Role } from "../../schema/market.js";
import { viewerHasRole } from "../auth/accreditation.js";
import { requireViewer, type ApiContext } from "../context.js";
import { compileAccessRecordFilter } from "../filters/access-record-filter.js";
import { compileKeys } from "../filters/order-keys.js";
import { filterScope } from "../filters/scope.js";
import { allOf, part, type SqlPart } from "../filters/sql.js";
import { parseHash } from "../input/parse.js";
import { findPage, type Page, type PageArguments } from "../paging/find-page.js";
import { uploadOfReceipt } from "../patients/receipts.js";
import type { Selection } from "../reading/selection.js";
import { accessRecordTable } from "../reading/tables.js";
import { formerListings } from "../uploads/former-listings.js";
import type { AccessRecordFilter } from "../types/listing-filter.js";
import { SortDirection } from "../types/states.js";

interface RecordsQuery extends PageArguments {
  listingId?: string | null;
  orderId?: string | null;
  where?: AccessRecordFilter | null;
}

const inOrder = compileKeys([{ column: "r.seq", type: "bigint", direction: SortDirection.ASC }]);

/** @throws AppError UNAUTHENTICATED, BAD_INPUT, FORBIDDEN, NOT_FOUND, LIMIT_EXCEEDED, CURSOR_INVALID */
export async function findAccessRecords(context: ApiContext, query: RecordsQuery, selection: Selection): Promise<Page<AccessRecord>> {
  const listingId = query.listingId ? parseHash("listingId", query.listingId) : null;
  const orderId = query.orderId ? parseHash("orderId", query.orderId) : null;
  await requireConcerned(context, listingId, orderId);
  const where = allOf([
    ...(listingId === null ? [] : [part("r.listing_id = ?", listingId)]),
    ...(orderId === null ? [] : [part("r.order_id = ?", orderId)]),
    compileAccessRecordFilter(query.where, filterScope("r")),
  ]);
  return pageOf(context, where, query, selection);
}

/** Who read a patient's record set, under any of its listings. @throws AppError NOT_FOUND, LIMIT_EXCEEDED, CURSOR_INVALID */
export async function findAccessOfReceipt(context: ApiContext, receipt: string, paging: PageArguments, selection: Selection): Promise<Page<AccessRecord>> {
  const { database } = context.deps;
  const { id, listingId } = await uploadOfReceipt(database, receipt);
  const listings = [...(listingId === null ? [] : [listingId]), ...(await formerListings(database, "id", id))];
  return pageOf(context, part("r.listing_id = any(?)", listings), paging, selection);
}

function pageOf({ deps: { database, keys }, viewer }: ApiContext, where: SqlPart, paging: PageArguments, selection: Selection): Promise<Page<AccessRecord>> {
  return findPage({ database, cursorKey: keys.cursor }, { table: accessRecordTable, alias: "r", where, order: inOrder, paging, reader: { at: null, viewer: viewer?.account ?? null }, selection });
}

async function requireConcerned(context: ApiContext, listingId: string | null, orderId: string | null): Promise<void> {
  const { account } = requireViewer(context);
  if (await viewerHasRole(context, Role.AUDITOR)) return;
  if (listingId === null && orderId === null) throw new AppError("BAD_INPUT", "listingId or orderId must be given", { details: { field: "listingId" } });
  const order = orderId === null ? null : await context.loaders.order.load(orderId);
  if (order?.buyer === account) return;
  const concerned = listingId ?? order?.listingId ?? null;
  const listing = concerned === null ? null : await context.loaders.listing.load(concerned);
  const upload = concerned === null ? null : await context.loaders.uploadOfListing.load(concerned);
  if (listing?.provider === account || upload?.owner === account) return;
  // An upload names its newest listing: one that it replaced is still its owner's, named or not.
  if (concerned !== null && (await formerListings(context.deps.database, "owner", account)).includes(concerned)) return;
  if (!listing && !upload) throw new AppError("NOT_FOUND", "No such listing or order.");
  throw new AppError("FORBIDDEN", "Only the listing's provider, the order's buyer and accredited auditors may see this.");
}
