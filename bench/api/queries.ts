/** The five questions, as each server would be asked, and what of the answers must be the same. */
export type ServerName = "galen" | "postgraphile" | "openreader";

export interface Asked {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

type Json = Record<string, unknown>;

export interface Question {
  readonly name: string;
  readonly what: string;
  /** Sets of parameters, where there are others than `sets`. */
  readonly sets?: number;
  /** A question beside the five: asked in fewer and shorter rounds, without a bar. */
  readonly isAside?: true;
  /** The i-th of several sets of parameters; null for a server that has no way. */
  readonly ask: Readonly<Record<ServerName, ((index: number, cursors: Cursors) => Asked) | null>>;
  /** What must be the same in all answers. */
  readonly pick: Readonly<Record<ServerName, (data: Json) => string>>;
}

/** Cursors of deep pages, by server. */
export type Cursors = Readonly<Record<ServerName, readonly string[]>>;

/** Different sets of parameters for each question. */
export const sets = 32;
/** Rows before the deep pages; data sets with fewer have theirs in the middle. */
export const depth = 20_000;

const kinds = ["FHIR", "HL7V2", "TABULAR", "DICOM", "NOTE", "IMAGE", "MIXED"];
const regions = [276, 250, 840, 826, 392, 76, 356, 124, 724];
const diseases = ["glioma", "melanoma", "diabetes", "arrhythmia", "sepsis", "asthma", "copd", "stroke"];
const data = ["mri", "ct", "genome", "exome"];
export const kindOf = (index: number): number => 1 + (index % kinds.length);
const range = (index: number): { lo: string; hi: string } => ({ lo: String(1_000_000 * (1 + index * 3)), hi: String(1_000_000 * (400 + index * 3)) });
const searched = (index: number): string => `${diseases[index % 8]} ${data[index % 4]}`;

const fields = {
  galen: "id status dataKind region price { amount } purposes sales listedBlock blockTime participant { account institution kind revoked } votes { id auditor approve reason }",
  postgraphile: "rowId status dataKind region price purposes sales listedBlock listedTime participantByProviderId { rowId institution kind revoked } votesByListingId(orderBy: [BLOCK_NUMBER_ASC, ROW_ID_ASC]) { nodes { rowId auditor approve reason } }",
  openreader: "id status dataKind region price purposes sales listedBlock listedTime provider { id institution kind revoked } votes(orderBy: [blockNumber_ASC, id_ASC]) { id auditor approve reason }",
};

/** The value at a path; lists along it are gone through. */
function at(value: unknown, path: string): unknown[] {
  return path.split(".").reduce<unknown[]>((values, key) => values.flatMap((each): unknown[] => (Array.isArray(each) ? (each as unknown[]) : [each])).map((each) => (each as Json | null)?.[key]), [value]).flat();
}
const text = (...values: unknown[]): string => JSON.stringify(values);

/** Of Q4: groups are told apart by what is in them. */
const groupsOf: Question["pick"] = {
  galen: (d) => text(at(d, "listingAggregates.groups.median").length, at(d, "listingAggregates.groups.price.median.amount").map(Number).sort((a, b) => a - b), at(d, "listingAggregates.groups.count").map(Number).sort((a, b) => a - b)),
  postgraphile: (d) => text(at(d, "allListings.groupedAggregates.median").length, at(d, "allListings.groupedAggregates.median.price").map(Number).sort((a, b) => a - b), at(d, "allListings.groupedAggregates.rowCount.sales").map(Number).sort((a, b) => a - b)),
  openreader: () => "",
};

export const questions = (ids: readonly string[]): Question[] => [
  {
    name: "Q1",
    what: "first page of 20, filtered and sorted, with provider and votes",
    ask: {
      galen: (i) => ({ query: `query Q1($where: ListingFilter) { listings(where: $where, orderBy: [{ field: PRICE }], first: 20) { nodes { ${fields.galen} } pageInfo { endCursor hasNextPage } } }`, variables: { where: { status: { eq: "APPROVED" }, dataKind: { eq: kinds[kindOf(i) - 1] }, price: { gte: range(i).lo, lte: range(i).hi } } } }),
      postgraphile: (i) => ({ query: `query Q1($kind: Int, $lo: BigFloat, $hi: BigFloat) { allListings(condition: { status: "APPROVED", dataKind: $kind }, filter: { price: { greaterThanOrEqualTo: $lo, lessThanOrEqualTo: $hi } }, orderBy: [PRICE_ASC, ROW_ID_ASC], first: 20) { nodes { ${fields.postgraphile} } pageInfo { endCursor hasNextPage } } }`, variables: { kind: kindOf(i), ...range(i) } }),
      openreader: (i) => ({ query: `query Q1($kind: Int, $lo: BigInt, $hi: BigInt) { listings(where: { status_eq: "APPROVED", dataKind_eq: $kind, price_gte: $lo, price_lte: $hi }, orderBy: [price_ASC, id_ASC], limit: 20) { ${fields.openreader} } }`, variables: { kind: kindOf(i), ...range(i) } }),
    },
    pick: {
      galen: (d) => text(at(d, "listings.nodes.id"), at(d, "listings.nodes.price.amount"), at(d, "listings.nodes.participant.institution"), at(d, "listings.nodes.votes.id")),
      postgraphile: (d) => text(at(d, "allListings.nodes.rowId"), at(d, "allListings.nodes.price"), at(d, "allListings.nodes.participantByProviderId.institution"), at(d, "allListings.nodes.votesByListingId.nodes.rowId")),
      openreader: (d) => text(at(d, "listings.id"), at(d, "listings.price"), at(d, "listings.provider.institution"), at(d, "listings.votes.id")),
    },
  },
  {
    name: "Q2",
    what: `page by cursor, ${depth} rows deep`,
    ask: {
      galen: (i, c) => ({ query: `query Q2($where: ListingFilter, $after: String) { listings(where: $where, orderBy: [{ field: PRICE }], first: 20, after: $after) { nodes { ${fields.galen} } pageInfo { endCursor hasNextPage } } }`, variables: { where: { status: { eq: "APPROVED" }, dataKind: { eq: kinds[kindOf(i) - 1] } }, after: c.galen[i] } }),
      postgraphile: (i, c) => ({ query: `query Q2($kind: Int, $after: Cursor) { allListings(condition: { status: "APPROVED", dataKind: $kind }, orderBy: [PRICE_ASC, ROW_ID_ASC], first: 20, after: $after) { nodes { ${fields.postgraphile} } pageInfo { endCursor hasNextPage } } }`, variables: { kind: kindOf(i), after: c.postgraphile[i] } }),
      openreader: (i, c) => ({ query: `query Q2($kind: Int, $after: String) { listingsConnection(where: { status_eq: "APPROVED", dataKind_eq: $kind }, orderBy: [price_ASC, id_ASC], first: 20, after: $after) { edges { node { ${fields.openreader} } } pageInfo { endCursor hasNextPage } } }`, variables: { kind: kindOf(i), after: c.openreader[i] } }),
    },
    pick: {
      galen: (d) => text(at(d, "listings.nodes.id")),
      postgraphile: (d) => text(at(d, "allListings.nodes.rowId")),
      openreader: (d) => text(at(d, "listingsConnection.edges.node.id")),
    },
  },
  {
    name: "Q3",
    what: "one listing with its orders",
    ask: {
      galen: (i) => ({ query: "query Q3($id: ID!) { listing(id: $id) { id status dataKind price { amount } participant { account institution } purchases(first: 50) { id buyer price { amount } status } } }", variables: { id: ids[i] } }),
      postgraphile: (i) => ({ query: "query Q3($id: String!) { listingByRowId(rowId: $id) { rowId status dataKind price participantByProviderId { rowId institution } tradeOrdersByListingId(orderBy: [PURCHASED_BLOCK_DESC, ROW_ID_ASC], first: 50) { nodes { rowId buyer price status } } } }", variables: { id: ids[i] } }),
      openreader: (i) => ({ query: "query Q3($id: String!) { listingById(id: $id) { id status dataKind price provider { id institution } orders(orderBy: [purchasedBlock_DESC, id_ASC], limit: 50) { id buyer price status } } }", variables: { id: ids[i] } }),
    },
    pick: {
      galen: (d) => text(at(d, "listing.purchases.id"), at(d, "listing.participant.institution")),
      postgraphile: (d) => text(at(d, "listingByRowId.tradeOrdersByListingId.nodes.rowId"), at(d, "listingByRowId.participantByProviderId.institution")),
      openreader: (d) => text(at(d, "listingById.orders.id"), at(d, "listingById.provider.institution")),
    },
  },
  {
    name: "Q4",
    what: "count, mean and median of the price by kind and month",
    ask: {
      galen: () => ({ query: "{ listingAggregates(where: { status: { eq: APPROVED } }, groupBy: [DATA_KIND], bucket: { unit: MONTH }) { groups { dataKind period count price { avg { amount } median { amount } } } } }" }),
      postgraphile: () => ({ query: '{ allListings(condition: { status: "APPROVED" }) { groupedAggregates(groupBy: [DATA_KIND, LISTED_TIME_TRUNCATED_TO_MONTH]) { keys average { price } median { price } rowCount { sales } } } }' }),
      openreader: null,
    },
    pick: groupsOf,
  },
  {
    name: "Q4 new",
    what: "as Q4, with a filter that nobody asked for before, so that no answer is remembered",
    sets: 5_000,
    isAside: true,
    ask: {
      galen: (i) => ({ query: "query($least: BigInt!) { listingAggregates(where: { status: { eq: APPROVED }, price: { gte: $least } }, groupBy: [DATA_KIND], bucket: { unit: MONTH }) { groups { dataKind period count price { avg { amount } median { amount } } } } }", variables: { least: String(i) } }),
      postgraphile: (i) => ({ query: 'query($least: BigFloat!) { allListings(condition: { status: "APPROVED" }, filter: { price: { greaterThanOrEqualTo: $least } }) { groupedAggregates(groupBy: [DATA_KIND, LISTED_TIME_TRUNCATED_TO_MONTH]) { keys average { price } median { price } rowCount { sales } } } }', variables: { least: String(i) } }),
      openreader: null,
    },
    pick: groupsOf,
  },
  {
    name: "Q5",
    what: "search with its count and 16 facets",
    ask: {
      galen: (i) => ({ query: "query Q5($search: ListingSearch!) { listings(search: $search, orderBy: [{ field: PRICE }], first: 20) { totalCount nodes { id title dataKind price { amount } participant { account institution } } facets { dataKind { value count } region { value count } } } }", variables: { search: { text: searched(i), language: "ENGLISH" } } }),
      postgraphile: (i) => ({ query: "query Q5($text: String!) { allListings(filter: { title: { includesInsensitive: $text } }, orderBy: [PRICE_ASC, ROW_ID_ASC], first: 20) { totalCount nodes { rowId title dataKind price participantByProviderId { rowId institution } } byKind: groupedAggregates(groupBy: [DATA_KIND]) { keys rowCount { sales } } byRegion: groupedAggregates(groupBy: [REGION]) { keys rowCount { sales } } } }", variables: { text: searched(i) } }),
      openreader: (i) => ({
        query: `query Q5($text: String!) { listings(where: { title_containsInsensitive: $text }, orderBy: [price_ASC, id_ASC], limit: 20) { id title dataKind price provider { id institution } } total: listingsConnection(where: { title_containsInsensitive: $text }, orderBy: id_ASC) { totalCount } ${kinds.map((_name, k) => `kind${k + 1}: listingsConnection(where: { title_containsInsensitive: $text, dataKind_eq: ${k + 1} }, orderBy: id_ASC) { totalCount }`).join(" ")} ${regions.map((region) => `region${region}: listingsConnection(where: { title_containsInsensitive: $text, region_eq: ${region} }, orderBy: id_ASC) { totalCount }`).join(" ")} }`,
        variables: { text: searched(i) },
      }),
    },
    pick: {
      galen: (d) => text(at(d, "listings.nodes.id"), at(d, "listings.nodes.title"), at(d, "listings.totalCount"), facet(at(d, "listings.facets.region") as { value: number; count: number }[])),
      postgraphile: (d) => text(at(d, "allListings.nodes.rowId"), at(d, "allListings.nodes.title"), at(d, "allListings.totalCount").map(Number), facet((at(d, "allListings.byRegion") as { keys: string[]; rowCount: { sales: string } }[]).map(({ keys, rowCount }) => ({ value: Number(keys[0]), count: Number(rowCount.sales) })))),
      openreader: (d) => text(at(d, "listings.id"), at(d, "listings.title"), at(d, "total.totalCount"), facet(regions.map((value) => ({ value, count: Number(at(d, `region${value}.totalCount`)[0]) })))),
    },
  },
];

const facet = (counts: readonly { value: number; count: number }[]): unknown => counts.filter(({ count }) => count > 0).map(({ value, count }) => [value, count]).sort((a, b) => a[0]! - b[0]!);
