import { parseAddress, parseHash } from "../input/parse.js";
import type { ListingFilter } from "../types/listing-filter.js";
import { amountConditions, equality, idConditions, intConditions, purposeConditions } from "./conditions.js";
import { compileNested } from "./nested.js";
import { part, type SqlPart } from "./sql.js";

/**
 * Compiles a filter over the table `listing`, which the statement calls `l`.
 * @throws AppError BAD_INPUT for malformed values; LIMIT_EXCEEDED
 */
export const compileListingFilter = (filter: ListingFilter | null | undefined): SqlPart =>
  compileNested(filter, ({ id, status, dataKind, region, provider, price, purposes, sales, listedBlock, tradable }) => [
    ...(id ? [idConditions("id", "l.id", id, parseHash)] : []),
    ...(status ? equality("status", "l.status", "text", status) : []),
    ...(dataKind ? equality("dataKind", "l.data_kind", "smallint", dataKind) : []),
    ...(region ? [intConditions("region", "l.region", region)] : []),
    ...(provider ? [idConditions("provider", "l.provider", provider, parseAddress)] : []),
    ...(price ? [amountConditions("l.price", price)] : []),
    ...(purposes ? [purposeConditions("l.purposes", purposes)] : []),
    ...(sales ? [intConditions("sales", "l.sales", sales)] : []),
    ...(listedBlock ? [intConditions("listedBlock", "l.listed_block", listedBlock)] : []),
    ...(tradable === true || tradable === false ? [part(tradable ? "l.status = 'APPROVED'" : "l.status <> 'APPROVED'")] : []),
  ]);
