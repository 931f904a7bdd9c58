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
  {
    user: "portal",
    query: `# Portals: full-text search with what was found, and counts for the filters. minBlock: no older than what you did yourself.
query Search($search: ListingSearch!, $where: ListingFilter, $minBlock: Int) {
  listings(search: $search, where: $where, first: 10, minBlock: $minBlock) {
    totalCount totalCountIsEstimate
    edges { cursor search { score highlight { text found } } node { id title } }
    facets { status { value count } dataKind { value count } region { value count } purposes { value count } format { value count } modalities { value count } conditions { value count } }
  }
}
`,
    variables: { search: { text: "diabet* or \"heart failure\" -paediatric", language: "ENGLISH" }, where: { tradable: true } },
  },
  {
    user: "portal",
    query: `# Portals: everything about one listing, as of now or of any block: its whole way, and the proof of its state against the chain.
# galen verify listing ID checks the proof offline; /catalog tells all that is on offer as DCAT-AP.
query Whole($id: ID!, $at: AsOf) {
  listing(id: $id, at: $at) {
    status tradable metadata metadataStatus terms { provider payee contentHash previousId }
    participant { institution kind valid }
    votes { auditor approve reason blockTime }
    assignment { status exclusiveUntil auditors { auditor } }
    purchases(first: 5) { id status purchased { block time } }
    provenance { name account block { number time } transactionHash orderId payload }
    proof { block { number hash header } address accountProof storageKey storageProof word }
    blockCertificate { number hash time header }
  }
}
`,
    variables: { id: `0x${"00".repeat(32)}` },
  },
  {
    user: "portal",
    query: `# Portals: who is on the market and what was traded, each list with filters by what hangs on it.
query Market {
  participants(where: { role: PROVIDER, revoked: false, listings: { some: { status: { eq: APPROVED } } } }, first: 5) { totalCount nodes { account institution kind roles validUntil valid } }
  orders(where: { listing: { dataKind: { eq: FHIR } } }, orderBy: [{ field: PRICE, direction: DESC }], first: 5) { nodes { id status price { decimal currency } participant { kind } listing { title } } }
  deliveries(first: 5) { nodes { orderId time deliveryCommitment } }
  disputes(first: 5) { nodes { orderId claim status votesForBuyer votesForPayee } }
  payouts(first: 5) { nodes { account recipient amount { decimal currency } blockTime } }
  accessAnchors(first: 5) { nodes { index root count firstTime lastTime transactionHash } }
}
`,
  },
  {
    user: "portal",
    query: `# Portals: look up what your own node shows, and check a block's header.
query Lookup($transaction: ID!, $number: Int!) {
  transaction(hash: $transaction) { sender block { number time } events { name listingId orderId payload } }
  block(number: $number) { hash time transactions { hash } }
  blockCertificate(number: $number) { hash header }
}
`,
    variables: { transaction: `0x${"00".repeat(32)}`, number: 0 },
  },
  {
    user: "portal",
    query: `# Portals: sign in with an Ethereum account (sign the message with personal_sign) …
mutation Challenge($account: ID!) {
  signInChallenge(account: $account) { message expiresAt }
}
mutation SignIn($message: String!, $signature: String!) {
  signIn(message: $message, signature: $signature) { accessToken refreshToken expiresAt }
}
# … and make a key for your program. No operator is asked.
mutation Key {
  createApiKey(input: { name: "my portal", scope: PUBLIC, days: 90 }) { secret apiKey { id } }
}
query Usage($id: ID!) {
  apiKeyUsage(id: $id) { day requests refused cost }
}
`,
    variables: { account: `0x${"00".repeat(20)}`, message: "", signature: "0x", id: "" },
  },
  {
    user: "portal",
    query: `# Portals: an order, live, until it is delivered. Lost the connection? Go on with the last cursor as $after.
subscription Bought($id: ID!, $after: String) {
  order(id: $id, after: $after) { cursor event { name op } order { status deliverBy grant { id status link { url expiresAt } } } }
}
# Then the buyer confirms, which pays the provider, or disputes; a wallet sends what is answered.
mutation Confirm($id: ID!) {
  acknowledgeDelivery(orderId: $id) { to data }
}
mutation Dispute($id: ID!) {
  openDispute(orderId: $id, claim: NOTHING_OPENS) { to data }
}
`,
    variables: { id: `0x${"00".repeat(32)}` },
  },
  {
    user: "auditor",
    query: `# Auditors: keep a claim, or give it back; decide by a signature that is relayed with the others' (signed with eth_signTypedData_v4).
mutation Keep($listingId: ID!, $token: BigInt!) {
  renewClaim(listingId: $listingId, token: $token, seconds: 600) { expiresAt }
}
mutation Release($listingId: ID!, $token: BigInt!) {
  releaseClaim(listingId: $listingId, token: $token) { listingId }
}
mutation ToSign($input: AuditDecisionInput!) {
  auditDecisionTypedData(input: $input)
}
mutation Decide($input: AuditDecisionInput!, $signature: String!) {
  submitAuditSignatures(input: $input, signature: $signature) { id approve listingIds }
}
`,
    variables: { listingId: `0x${"00".repeat(32)}`, token: "1", signature: "0x", input: { items: [{ listingId: `0x${"00".repeat(32)}`, token: "1" }], approve: true, deadline: "0" } },
  },
  {
    user: "auditor",
    query: `# Auditors: disputed deliveries, live, and your vote on one.
subscription Disputes($after: String) {
  disputeQueue(after: $after) { kind cursor orderId cause order { status dispute { claim voteUntil votesForBuyer votesForPayee } } }
}
mutation Resolve($orderId: ID!) {
  resolveDispute(orderId: $orderId, forBuyer: true) { to data }
}
`,
    variables: { orderId: `0x${"00".repeat(32)}` },
  },
  {
    user: "auditor",
    query: `# Auditors: how the queue stands, live.
subscription Stats {
  auditStats { depth oldestListedTime claims breachedLeases agreementPercent }
}
`,
  },
  {
    user: "auditor",
    query: `# Auditors: what was decided, and why; the round of the draw, where auditors are assigned by lot (galen audit attend takes part for you).
query Decided($where: VoteFilter) {
  audits(where: $where, first: 20) { totalCount nodes { auditor approve reason blockTime listing { title dataKind approvals rejections } } }
  assignmentRound { round phase phaseEndsAt reveals minReveals }
}
mutation Commit($round: BigInt!, $commitment: String!) {
  commitSecret(round: $round, commitment: $commitment) { to data }
}
mutation Reveal($round: BigInt!, $secret: String!) {
  revealSecret(round: $round, secret: $secret) { to data }
}
`,
    variables: { where: { approve: false }, round: "0", commitment: `0x${"00".repeat(32)}`, secret: `0x${"00".repeat(32)}` },
  },
  {
    user: "analyst",
    query: `# Analysts: where the chain stands, live; every answer's extensions.chain says the same of itself.
subscription Head {
  chainHead { number hash finalizedNumber status }
}
`,
  },
];
