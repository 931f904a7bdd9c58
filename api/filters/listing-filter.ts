import { AppError } from "../../schema/errors.js";
import { parseAddress, parseHash } from "../input/parse.js";
import type { ListingFilter } from "../types/listing-filter.js";
import { amountConditions, equality, idConditions, intConditions, purposeConditions } from "./conditions.js";
import { allOf, anyOf, not, part, type SqlPart } from "./sql.js";

/** How deep AND, OR and NOT may nest, and how many filters there may be in all. */
export const maxFilterDepth = 8;
export const maxFilterNodes = 200;

/**
 * Compiles a filter over the table `listing`, which the statement calls `l`.
 * @throws AppError BAD_INPUT for malformed values; LIMIT_EXCEEDED
 */
export function compileListingFilter(filter: ListingFilter | null | undefined): SqlPart {
  let nodes = 0;
  const compile = (node: ListingFilter, depth: number): SqlPart => {
    if (depth > maxFilterDepth) throw new AppError("LIMIT_EXCEEDED", `A filter nests at most ${maxFilterDepth} deep.`, { details: { limit: maxFilterDepth } });
    if (++nodes > maxFilterNodes) throw new AppError("LIMIT_EXCEEDED", `A filter has at most ${maxFilterNodes} parts.`, { details: { limit: maxFilterNodes } });
    const { id, status, dataKind, region, provider, price, purposes, sales, listedBlock, tradable } = node;
    const nested = (list: readonly ListingFilter[]): SqlPart[] => list.map((inner) => compile(inner, depth + 1));
    return allOf([
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
      ...(node.AND ? [allOf(nested(node.AND))] : []),
      ...(node.OR ? [anyOf(nested(node.OR))] : []),
      ...(node.NOT ? [not(compile(node.NOT, depth + 1))] : []),
    ]);
  };
  return filter ? compile(filter, 1) : part("true");
}
