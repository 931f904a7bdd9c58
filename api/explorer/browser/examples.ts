export interface Example {
  /** Whom it is for. */
  readonly user: "portal" | "auditor" | "analyst";
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** What GraphiQL shows at first. A test validates each against the schema. */
export const examples: readonly Example[] = [
  {
    user: "portal",
    query: `# Research portals: what is on offer. No sign-in is needed.
query Offers($where: ListingFilter, $after: String) {
  listings(where: $where, orderBy: [{ field: PRICE }], first: 20, after: $after) {
    totalCount
    edges {
      cursor
      node {
        id title format dataKind region purposes tradable
        price { decimal currency }
        prediction { p10 { decimal } p50 { decimal } p90 { decimal } }
        metadataStatus
        blockTime transactionHash
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`,
    variables: { where: { tradable: true, OR: [{ dataKind: { in: ["FHIR", "DICOM"] } }, { purposes: { has: "GENERAL_RESEARCH" } }], NOT: { price: { gt: "1000000000" } } } },
  },
  {
    user: "portal",
    query: `# Research portals: what a wallet needs in order to buy. Put {"authorization": "Bearer …"} into Headers.
mutation Buy($input: PurchaseInput!) {
  preparePurchase(input: $input) {
    items { listingId maxPrice purpose salt orderId }
    total { decimal currency }
    to data permit allowance allowanceNeeded
  }
}
`,
    variables: { input: { items: [{ listingId: `0x${"00".repeat(32)}`, purpose: "GENERAL_RESEARCH" }] } },
  },
  {
    user: "auditor",
    query: `# Auditors: the queue, live. Needs the token of an accredited auditor in Headers.
# Lost the connection? Go on with the last cursor as $after: nothing is lost, nothing comes twice.
subscription Queue($after: String) {
  auditQueue(after: $after) {
    kind
    cursor
    listing {
      id title dataKind format approvals rejections
      price { decimal currency }
      prediction { p10 { decimal } p90 { decimal } }
      report legalEvidenceHash
      votes { auditor approve reason blockTime }
    }
  }
}
`,
  },
  {
    user: "auditor",
    query: `# Auditors: claim the most urgent listing; renewClaim keeps it.
mutation Claim {
  claimAudit(seconds: 600) { listingId slot token expiresAt }
}
# Then ask for its key, re-wrapped for your own.
mutation Inspect($listingId: ID!, $token: BigInt!) {
  requestAuditAccess(listingId: $listingId, token: $token) { id status }
}
`,
    variables: { listingId: `0x${"00".repeat(32)}`, token: "1" },
  },
  {
    user: "analyst",
    query: `# Analysts: what a data set would be worth, and why.
query Worth($input: PriceInput!) {
  pricePrediction(input: $input) {
    p10 { decimal } p50 { decimal } p90 { decimal currency }
    modelVersion thinData
    reasons { text effect { decimal } }
  }
}
`,
    variables: { input: { kind: "FHIR", records: "40000", patients: "1000", completeness: 0.8, spanDays: 1800, purposes: ["GENERAL_RESEARCH"] } },
  },
  {
    user: "analyst",
    query: `# Analysts: what is bought by whom and for what: the ten largest turnovers, with a histogram of the prices.
query Trade {
  orderAggregates(groupBy: [PURPOSE, BUYER_KIND], having: [{ measure: COUNT, gte: "1" }], orderBy: [{ measure: PRICE_SUM }], limit: 10, histogram: { width: "1000000", buckets: 5 }) {
    block engine
    groups { purpose buyerKind count buyers listings price { sum { decimal currency } median { decimal } histogram { from to count } } fee { sum { decimal } } }
  }
}
`,
  },
  {
    user: "analyst",
    query: `# Analysts: how the auditors vote, month by month, and how many seconds listings wait for them.
query Audits {
  auditAggregates(groupBy: [APPROVE, DATA_KIND], bucket: { unit: MONTH }, percentiles: [90]) {
    block engine
    groups { approve dataKind period count auditors listings waiting { median percentiles { percentile value } } }
  }
}
`,
  },
  {
    user: "analyst",
    query: `# Analysts: exact price statistics by kind and month, as of any block.
query Prices($at: AsOf) {
  listingAggregates(where: { status: { eq: APPROVED } }, groupBy: [DATA_KIND], bucket: { unit: MONTH, timeZone: "Europe/Berlin" }, percentiles: [10, 90], at: $at) {
    block engine engineNote cached
    groups { dataKind period count providers sales price { avg { decimal } median { decimal } percentiles { percentile value { decimal } } } }
  }
}
`,
  },
  {
    user: "analyst",
    query: `# Analysts: did the predicted intervals keep their promise? Recomputable from chain events alone.
query Record($at: AsOf) {
  modelPerformance(at: $at) {
    block sales coverage medianRatio
    byKindAndMonth { name sales coverage }
    drift { coverageZ biasZ hasDrifted }
  }
  priceModels { modelHash version status source dataDigest comparison { tested reason } }
}
`,
  },
  {
    user: "analyst",
    query: `# Analysts: all listings of a filter as a file, as of a block. Sign in first; open the url within five minutes.
mutation Export($where: ListingFilter) {
  exportRows(source: LISTINGS, format: PARQUET, listings: $where) { url expiresAt block rows }
}
`,
    variables: { where: { tradable: true } },
  },
  {
    user: "analyst",
    query: `# Analysts: an answer's groups as a file, of the block that the answer names. Sign in first; open the url within five minutes.
query ExportGroups($where: OrderFilter) {
  orderAggregates(where: $where, groupBy: [PURPOSE, BUYER_KIND], bucket: { unit: MONTH }, percentiles: [90]) {
    block
    groups { count buyers price { sum { amount } median { amount } percentiles { percentile } } }
    export(format: CSV) { url expiresAt block rows }
  }
}
`,
    variables: { where: {} },
  },
  {
    user: "portal",
    query: `# Portals: is it worth buying? How many records have a diagnosis, in fixed steps, and rows that are made up like them.
query Cohort($where: ListingFilter) {
  listings(where: $where, first: 5) {
    nodes {
      id title
      all: cohortCount { status unit atLeast below }
      diabetes: cohortCount(where: { condition: "E11" }) { status unit atLeast below refusal }
      sample { synthetic notice rows }
    }
  }
}
`,
    variables: { where: { metadata: { conditions: { has: "E11" } } } },
  },
  {
    user: "analyst",
    query: `# Analysts: make an answer citable: final block, hashes of question and answer, text for the references. Sign in first.
mutation Cite($query: String!) {
  cite(input: { query: $query }) { id url block { number hash time } queryHash resultHash metadataRoot metadataCount text bibtex }
}
`,
    variables: { query: "{ listingAggregates(groupBy: [DATA_KIND]) { groups { dataKind count price { median { decimal } } } } }" },
  },
  {
    user: "analyst",
    query: `# Analysts: ask what somebody cited again, of the same block: the same bytes, or why not.
query Replay($id: ID!) {
  citation(id: $id) { query variables text replay { same reasons { difference message paths } resultHash result } }
}
`,
    variables: { id: "the id in a citation's address" },
  },
  {
    user: "analyst",
    query: `# Analysts: everything that ever happened on the market, in order, with what re-orgs took back.
query History($after: String) {
  marketEvents(first: 50, after: $after) {
    edges { node { seq op name block { number time } transactionHash listingId orderId account payload reverts } }
    pageInfo { hasNextPage endCursor }
  }
  chain { chainId head indexedBlock finalizedBlock status contracts { name address abiUrl } }
}
`,
  },
  {
    user: "analyst",
    query: `# Analysts: the same feed, live.
subscription Live($after: String) {
  marketEvents(after: $after) { seq cursor op name block { number time } listingId orderId payload }
}
`,
  },
];
