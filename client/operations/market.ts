import type { BlockHeader } from "../../schema/block-header.js";
import type { ListingTerms } from "../../schema/listing-terms.js";
import { operation } from "./operation.js";

export interface Money {
  amount: string;
  currency: string;
  decimals: number;
  decimal: string;
}

export interface Listing {
  id: string;
  status: string;
  tradable: boolean;
  dataKind: string;
  price: Money;
  prediction: { p10: Money; p50: Money; p90: Money; modelHash: string };
  purposes: string[];
  metadata: unknown;
  metadataStatus: string;
  plaintextRoot: string;
  ciphertextRoot: string;
  keyCommitment: string;
  approvals: number;
  rejections: number;
  sales: number;
  listedBlock: number;
  blockTime: string;
  transactionHash: string;
  terms: ListingTerms;
}

const money = "{ amount currency decimals decimal }";
const terms = "{ provider payee contentHash plaintextRoot ciphertextRoot keyCommitment metadataHash legalEvidenceHash previousId dataKind region }";
/** The fields of `Listing`. */
export const listingFields = `id status tradable dataKind price ${money} prediction { p10 ${money} p50 ${money} p90 ${money} modelHash } purposes metadata metadataStatus plaintextRoot ciphertextRoot keyCommitment approvals rejections sales listedBlock blockTime transactionHash terms ${terms}`;

export const listing = operation<{ listing: Listing | null }, { id: string }>(`query Listing($id: ID!) { listing(id: $id) { ${listingFields} } }`);

export interface CohortCount {
  status: "COUNTED" | "SUPPRESSED" | "PRESENT" | "ABSENT" | "UNANSWERABLE";
  unit: string;
  atLeast: number | null;
  below: number | null;
  refusal: string | null;
}

export const cohortCount = operation<{ listing: { cohortCount: CohortCount } | null }, { id: string; where?: { condition?: string; conditionSystem?: string; recordType?: string; modality?: string; unit?: string } }>(
  `query CohortCount($id: ID!, $where: CohortFilter) { listing(id: $id) { cohortCount(where: $where) { status unit atLeast below refusal } } }`,
);

export const syntheticSample = operation<{ listing: { sample: { synthetic: boolean; notice: string; rows: unknown[] } | null } | null }, { id: string }>(
  `query SyntheticSample($id: ID!) { listing(id: $id) { sample { synthetic notice rows } } }`,
);

export interface ListingPage {
  totalCount: number;
  edges: { cursor: string; node: Listing }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

export const listings = operation<{ listings: ListingPage }, { where?: object; orderBy?: object[]; first?: number; after?: string }>(
  `query Listings($where: ListingFilter, $orderBy: [ListingOrder!], $first: Int, $after: String) { listings(where: $where, orderBy: $orderBy, first: $first, after: $after) { totalCount edges { cursor node { ${listingFields} } } pageInfo { hasNextPage endCursor } } }`,
);

export interface ChainInfo {
  chainId: number;
  indexedBlock: number;
  finalizedBlock: number;
  status: string;
  rpcUrl: string;
  auditQuorum: number;
  contracts: { name: string; address: string }[];
  token: { address: string; symbol: string; decimals: number };
}

export const chain = operation<{ chain: ChainInfo }, Record<string, never>>(
  `query Chain { chain { chainId indexedBlock finalizedBlock status rpcUrl auditQuorum contracts { name address } token { address symbol decimals } } }`,
);

export interface Link {
  url: string;
  expiresAt: string;
}

export interface AccessGrant {
  id: string;
  kind: string;
  status: string;
  expiresAt: string | null;
  deliveryCommitment: string | null;
}

interface Stamp {
  block: number;
  time: string;
  transactionHash: string;
}

export interface Order {
  id: string;
  buyer: string;
  salt: string;
  status: string;
  purpose: string[];
  price: Money;
  deliverBy: string;
  deliveryCommitment: string | null;
  settleAfter: string | null;
  listing: Listing;
  grant: AccessGrant | null;
  purchased: Stamp;
  delivered: Stamp | null;
  closed: Stamp | null;
}

const grant = "{ id kind status expiresAt deliveryCommitment }";
const stamp = "{ block time transactionHash }";

export const order = operation<{ purchase: Order | null }, { id: string }>(
  `query Purchase($id: ID!) { purchase(id: $id) { id buyer salt status purpose price ${money} deliverBy deliveryCommitment settleAfter listing { ${listingFields} } grant ${grant} purchased ${stamp} delivered ${stamp} closed ${stamp} } }`,
);

export interface PreparedPurchase {
  items: { listingId: string; maxPrice: string; purpose: number; salt: string; orderId: string }[];
  total: Money;
  to: string;
  permit: unknown;
}

export const preparePurchase = operation<{ preparePurchase: PreparedPurchase }, { input: { items: { listingId: string; purpose: string }[] } }>(
  `mutation PreparePurchase($input: PurchaseInput!) { preparePurchase(input: $input) { items { listingId maxPrice purpose salt orderId } total ${money} to permit } }`,
);

export const requestAuditAccess = operation<{ requestAuditAccess: AccessGrant }, { listingId: string; token?: string }>(
  `mutation RequestAuditAccess($listingId: ID!, $token: BigInt) { requestAuditAccess(listingId: $listingId, token: $token) ${grant} }`,
);

export const requestEvidence = operation<{ requestEvidence: AccessGrant }, { listingId: string; token?: string }>(
  `mutation RequestEvidence($listingId: ID!, $token: BigInt) { requestEvidence(listingId: $listingId, token: $token) ${grant} }`,
);

export const accessGrant = operation<{ accessGrant: (AccessGrant & { header: string | null; link: Link | null }) | null }, { id: string }>(
  `query AccessGrant($id: ID!) { accessGrant(id: $id) { id kind status expiresAt deliveryCommitment header link { url expiresAt } } }`,
);

export const grantStatus = operation<{ accessGrant: AccessGrant | null }, { id: string }>(`query GrantStatus($id: ID!) { accessGrant(id: $id) ${grant} }`);

export const refreshLink = operation<{ refreshLink: Link }, { grantId: string; seconds?: number }>(
  `mutation RefreshLink($grantId: ID!, $seconds: Int) { refreshLink(grantId: $grantId, seconds: $seconds) { url expiresAt } }`,
);

export interface AccessRecord {
  seq: string;
  at: string;
  account: string | null;
  action: string;
  outcome: string;
  grantId: string | null;
  listingId: string | null;
  orderId: string | null;
  firstByte: string | null;
  lastByte: string | null;
  salt: string | null;
  hash: string;
  previousHash: string;
  batch: { index: string; root: string; transactionHash: string | null; block: number | null; time: string | null } | null;
  proof: { index: number; size: number; path: readonly string[] } | null;
  /** Where the chain tells it, by an event of its own. */
  told: { number: string; transactionHash: string; block: number; time: string } | null;
}

export const accessRecords = operation<
  { accessRecords: { edges: { node: AccessRecord }[]; totalCount: number; pageInfo: { hasNextPage: boolean; endCursor: string | null } } },
  { listingId?: string; orderId?: string; first?: number; after?: string }
>(
  `query AccessRecords($listingId: ID, $orderId: ID, $first: Int, $after: String) { accessRecords(listingId: $listingId, orderId: $orderId, first: $first, after: $after) { totalCount edges { node { seq at account action outcome grantId listingId orderId firstByte lastByte salt hash previousHash batch { index root transactionHash block time } proof { index size path } told { number transactionHash block time } } } pageInfo { hasNextPage endCursor } } }`,
);

export interface MarketEvent {
  seq: string;
  cursor: string;
  op: string;
  name: string;
  block: { number: number; hash: string; time: string };
  transactionHash: string;
  listingId: string | null;
  orderId: string | null;
  account: string | null;
  payload: unknown;
  /** Of a REVERT: the number of what it takes back. */
  reverts: string | null;
}

export const marketEvents = operation<{ marketEvents: MarketEvent }, { after?: string; where?: { listingId?: string[]; orderId?: string[]; account?: string[]; name?: string[] }; finality?: "HEAD" | "FINALIZED" }>(
  `subscription MarketEvents($after: String, $where: LiveEventFilter, $finality: Finality! = HEAD) { marketEvents(after: $after, where: $where, finality: $finality) { seq cursor op name block { number hash time } transactionHash listingId orderId account payload reverts } }`,
);

export interface ListingProofAnswer {
  address: string;
  accountProof: string[];
  storageProof: string[];
  block: { header: BlockHeader };
}

/** A listing's proof against the chain, of now or of a block, with the terms that its id is the hash of. */
export const listingProof = operation<{ listing: { terms: ListingTerms; proof: ListingProofAnswer } | null }, { id: string; at?: { block: number } }>(
  `query ListingProof($id: ID!, $at: AsOf) { listing(id: $id, at: $at) { terms ${terms} proof { address accountProof storageProof block { header } } } }`,
);
