import { versionsAt } from "../chain/as-of.js";
import { parseAddress, parseHash } from "../input/parse.js";
import { isTradable } from "../listings/unsold.js";
import type { ListingFilter, MetadataFilter, OrderFilter, ParticipantFilter, VoteFilter } from "../types/listing-filter.js";
import { amountConditions, equality, idConditions, intConditions, purposeConditions, textConditions, textListConditions, timeConditions } from "./conditions.js";
import { compileNested } from "./nested.js";
import { filterScope, listConditions, someOf, type FilterScope, type RelatedRows } from "./scope.js";
import { allOf, not, part, type SqlPart } from "./sql.js";

/** Filters of listings and of what belongs to them: they name each other, so they stand in one file. All throw AppError BAD_INPUT, LIMIT_EXCEEDED. */

type Maybe<T> = T | null | undefined;
const flag = (column: string, value: Maybe<boolean>): SqlPart[] => equality(column, column, "boolean", { eq: value });

/** @returns the filter, or its opposite: a list holds `every` where none is of the opposite. */
const asked = (where: (scope: FilterScope) => SqlPart, invert: boolean) => (scope: FilterScope): SqlPart => (invert ? not(where(scope)) : where(scope));

const listings = (filter: ListingFilter, on: (alias: string) => SqlPart, at: number | null, invert = false): RelatedRows => ({
  table: "listing",
  join: (alias) => allOf([on(alias), versionsAt(alias, at)]),
  where: asked((scope) => compileListingFilter(filter, scope), invert),
});
const orders = (filter: OrderFilter, on: (alias: string) => SqlPart, at: number | null, invert: boolean): RelatedRows => ({
  table: "trade_order",
  join: (alias) => allOf([on(alias), versionsAt(alias, at)]),
  where: asked((scope) => compileOrderFilter(filter, scope), invert),
});
const votes = (filter: VoteFilter, on: (alias: string) => SqlPart, at: number | null, invert: boolean): RelatedRows => ({
  table: "vote",
  join: (alias) => allOf([on(alias), ...(at === null ? [] : [part(`${alias}.block_number <= ?::integer`, at)])]),
  where: asked((scope) => compileVoteFilter(filter, scope), invert),
});
const participants = (filter: ParticipantFilter, on: (alias: string) => SqlPart, at: number | null): RelatedRows => ({
  table: "participant",
  join: (alias) => allOf([on(alias), versionsAt(alias, at)]),
  where: (scope) => compileParticipantFilter(filter, scope),
});

const metadataRows = (filter: MetadataFilter, hash: string): RelatedRows => ({
  table: "app.metadata_document",
  join: (alias) => part(`${alias}.hash = ${hash}`),
  where: ({ alias: a }) =>
    allOf([
      ...(filter.title ? [textConditions("title", `${a}.title`, filter.title)] : []),
      ...(filter.format ? [textConditions("format", `${a}.format`, filter.format)] : []),
      ...(filter.modalities ? [textListConditions("modalities", `${a}.modalities`, filter.modalities)] : []),
      ...(filter.conditions ? [textListConditions("conditions", `${a}.conditions`, filter.conditions)] : []),
      ...(filter.recordCount ? [intConditions("recordCount", `${a}.record_count`, filter.recordCount)] : []),
      ...(filter.patientCount ? [intConditions("patientCount", `${a}.patient_count`, filter.patientCount)] : []),
    ]),
});

/** Over the table `listing`, which the statement calls `l` unless told otherwise. */
export function compileListingFilter(filter: Maybe<ListingFilter>, scope: FilterScope = filterScope("l")): SqlPart {
  return compileNested(filter, scope, (f, inner) => {
    const { alias: a, at } = inner;
    return [
      ...(f.id ? [idConditions("id", `${a}.id`, f.id, parseHash)] : []),
      ...(f.status ? equality("status", `${a}.status`, "text", f.status) : []),
      ...(f.dataKind ? equality("dataKind", `${a}.data_kind`, "smallint", f.dataKind) : []),
      ...(f.region ? [intConditions("region", `${a}.region`, f.region)] : []),
      ...(f.provider ? [idConditions("provider", `${a}.provider`, f.provider, parseAddress)] : []),
      ...(f.payee ? [idConditions("payee", `${a}.payee`, f.payee, parseAddress)] : []),
      ...(f.previousId ? [idConditions("previousId", `${a}.previous_id`, f.previousId, parseHash)] : []),
      ...(f.metadataHash ? [idConditions("metadataHash", `${a}.metadata_hash`, f.metadataHash, parseHash)] : []),
      ...(f.price ? [amountConditions(`${a}.price`, f.price)] : []),
      ...(f.predictedPrice ? [amountConditions(`${a}.p50`, f.predictedPrice)] : []),
      ...(f.purposes ? [purposeConditions(`${a}.purposes`, f.purposes)] : []),
      ...(f.approvals ? [intConditions("approvals", `${a}.approvals`, f.approvals)] : []),
      ...(f.rejections ? [intConditions("rejections", `${a}.rejections`, f.rejections)] : []),
      ...(f.sales ? [intConditions("sales", `${a}.sales`, f.sales)] : []),
      ...(f.listedBlock ? [intConditions("listedBlock", `${a}.listed_block`, f.listedBlock)] : []),
      ...(f.listedTime ? [timeConditions(`${a}.listed_time`, f.listedTime)] : []),
      ...(f.changedBlock ? [intConditions("changedBlock", `${a}.from_block`, f.changedBlock)] : []),
      ...(f.tradable === true || f.tradable === false ? [f.tradable ? isTradable(a) : not(isTradable(a))] : []),
      ...(f.metadata ? [someOf(inner, metadataRows(f.metadata, `${a}.metadata_hash`))] : []),
      ...(f.participant ? [someOf(inner, participants(f.participant, (r) => part(`${r}.account = ${a}.provider`), at))] : []),
      ...(f.orders ? [listConditions(inner, f.orders, (filter, invert) => orders(filter, (r) => part(`${r}.listing_id = ${a}.id`), at, invert))] : []),
      ...(f.votes ? [listConditions(inner, f.votes, (filter, invert) => votes(filter, (r) => part(`${r}.listing_id = ${a}.id`), at, invert))] : []),
    ];
  });
}

/** Over the table `trade_order`. */
export function compileOrderFilter(filter: Maybe<OrderFilter>, scope: FilterScope = filterScope("o")): SqlPart {
  return compileNested(filter, scope, (f, inner) => {
    const { alias: a, at } = inner;
    return [
      ...(f.id ? [idConditions("id", `${a}.id`, f.id, parseHash)] : []),
      ...(f.listingId ? [idConditions("listingId", `${a}.listing_id`, f.listingId, parseHash)] : []),
      ...(f.buyer ? [idConditions("buyer", `${a}.buyer`, f.buyer, parseAddress)] : []),
      ...(f.status ? equality("status", `${a}.status`, "text", f.status) : []),
      ...(f.price ? [amountConditions(`${a}.price`, f.price)] : []),
      ...(f.purpose ? [purposeConditions(`${a}.purpose`, f.purpose)] : []),
      ...(f.purchasedBlock ? [intConditions("purchasedBlock", `${a}.purchased_block`, f.purchasedBlock)] : []),
      ...(f.purchasedTime ? [timeConditions(`${a}.purchased_time`, f.purchasedTime)] : []),
      ...(f.deliveredBlock ? [intConditions("deliveredBlock", `${a}.delivered_block`, f.deliveredBlock)] : []),
      ...(f.deliveredTime ? [timeConditions(`${a}.delivered_time`, f.deliveredTime)] : []),
      ...(f.closedBlock ? [intConditions("closedBlock", `${a}.closed_block`, f.closedBlock)] : []),
      ...(f.listing ? [someOf(inner, listings(f.listing, (r) => part(`${r}.id = ${a}.listing_id`), at))] : []),
      ...(f.participant ? [someOf(inner, participants(f.participant, (r) => part(`${r}.account = ${a}.buyer`), at))] : []),
    ];
  });
}

/** Over the table `vote`. */
export function compileVoteFilter(filter: Maybe<VoteFilter>, scope: FilterScope = filterScope("v")): SqlPart {
  return compileNested(filter, scope, (f, inner) => {
    const { alias: a, at } = inner;
    return [
      ...(f.listingId ? [idConditions("listingId", `${a}.listing_id`, f.listingId, parseHash)] : []),
      ...(f.auditor ? [idConditions("auditor", `${a}.auditor`, f.auditor, parseAddress)] : []),
      ...flag(`${a}.approve`, f.approve),
      ...(f.reason ? [intConditions("reason", `${a}.reason`, f.reason)] : []),
      ...(f.block ? [intConditions("block", `${a}.block_number`, f.block)] : []),
      ...(f.time ? [timeConditions(`${a}.block_time`, f.time)] : []),
      ...(f.listing ? [someOf(inner, listings(f.listing, (r) => part(`${r}.id = ${a}.listing_id`), at))] : []),
      ...(f.participant ? [someOf(inner, participants(f.participant, (r) => part(`${r}.account = ${a}.auditor`), at))] : []),
    ];
  });
}

/** Over the table `participant`. */
export function compileParticipantFilter(filter: Maybe<ParticipantFilter>, scope: FilterScope = filterScope("p")): SqlPart {
  return compileNested(filter, scope, (f, inner) => {
    const { alias: a, at } = inner;
    return [
      ...(f.account ? [idConditions("account", `${a}.account`, f.account, parseAddress)] : []),
      ...(f.institution ? [idConditions("institution", `${a}.institution`, f.institution, parseHash)] : []),
      ...equality("kind", `${a}.kind`, "smallint", { eq: f.kind }),
      ...(f.role === null || f.role === undefined ? [] : [part(`${a}.roles & ?::integer <> 0`, f.role)]),
      ...flag(`${a}.revoked`, f.revoked),
      ...(f.changedBlock ? [intConditions("changedBlock", `${a}.from_block`, f.changedBlock)] : []),
      ...(f.listings ? [listConditions(inner, f.listings, (filter, invert) => listings(filter, (r) => part(`${r}.provider = ${a}.account`), at, invert))] : []),
    ];
  });
}
