import { AccessAnchor, AccessGrant, AccessRecord, Assignment, Block, ChainTransaction, CheckResult, Dispute, DisputeVote, DrawnAuditor, Listing, MarketEvent, Metadata, Participant, TradeOrder, Upload, Vote, Withdrawal } from "../../schema/entities/index.js";
import { addedAt, versionsAt } from "../chain/as-of.js";
import { compileOrderFilter } from "../filters/listing-filter.js";
import { filterScope } from "../filters/scope.js";
import { allOf, part, type SqlPart } from "../filters/sql.js";
import { isUnsold } from "../listings/unsold.js";
import { pageSize } from "../paging/page-size.js";
import type { OrderFilter } from "../types/listing-filter.js";
import type { Arguments, Relation, Table } from "./table.js";

/** How each thing on the chain is read. They name each other, so they stand in one file. */

/** Most events, votes or transactions that are told of one thing. */
const longList = 1_000;

const upTo = (column: string, at: number | null): SqlPart => (at === null ? part("true") : part(`${column} <= ?::integer`, at));

const one = (table: Relation["table"], column: string, key: string): Relation => ({ table, many: false, on: (outer, inner) => part(`${inner}.${key} = ${outer}.${column}`) });
const many = (table: Relation["table"], column: string, key: string, orderBy: (inner: string) => string): Relation => ({ table, many: true, on: (outer, inner) => part(`${inner}.${key} = ${outer}.${column}`), orderBy, limit: () => longList });
const byLog = (inner: string): string => `${inner}.block_number, ${inner}.log_index`;
/** For what one log may tell many of. */
const byLogPart = (inner: string): string => `${byLog(inner)}, ${inner}.log_part`;

/** Events that hold: applied, and not taken back by a re-org. */
const events = (column: string, key: string): Relation => ({
  table: () => eventTable,
  many: true,
  on: (outer, inner) => part(`${inner}.${key} = ${outer}.${column} and ${inner}.op = 'APPLY' and ${inner}.invalid_reason is null and not exists (select from market_event later where later.reverts = ${inner}.seq)`),
  orderBy: byLogPart,
  limit: () => longList,
});

const first = (args: Arguments): number => pageSize(args["first"] as number | null | undefined);

export const listingTable: Table<Listing> = {
  entity: Listing,
  name: "listing",
  key: "id",
  version: "from_block",
  visible: versionsAt,
  always: ["id"],
  needs: {
    tradable: ["status"],
    prediction: ["p10", "p50", "p90", "modelHash"],
    blockTime: ["listedTime"],
    transactionHash: ["listedTransaction"],
    changedBlock: ["fromBlock"],
    changedTime: ["blockTime"],
    changedTransactionHash: ["transactionHash"],
    metadata: ["metadataHash"],
    metadataStatus: ["metadataHash"],
    title: ["metadataHash"],
    cohortCount: ["metadataHash"],
    sample: ["metadataHash"],
    format: ["metadataHash"],
    terms: ["provider", "payee", "contentHash", "plaintextRoot", "ciphertextRoot", "keyCommitment", "metadataHash", "legalEvidenceHash", "previousId", "dataKind", "region"],
    participant: ["provider"],
    report: [],
    proof: [],
    blockCertificate: ["listedBlock"],
  },
  relations: {
    participant: one(() => participantTable, "provider", "account"),
    votes: many(() => voteTable, "id", "listing_id", byLogPart),
    assignment: one(() => assignmentTable, "id", "listing_id"),
    orders: {
      table: () => orderTable,
      many: true,
      on: (outer, inner, { viewer }) => (viewer === null ? null : part(`${inner}.listing_id = ${outer}.id and ${inner}.buyer = ?`, viewer)),
      orderBy: (inner) => `${inner}.purchased_block desc, ${inner}.id`,
    },
    purchases: {
      table: () => orderTable,
      many: true,
      on: (outer, inner, { at }, args) => allOf([part(`${inner}.listing_id = ${outer}.id`), compileOrderFilter(args["where"] as OrderFilter | null | undefined, filterScope(inner, at))]),
      orderBy: (inner) => `${inner}.purchased_block desc, ${inner}.id`,
      limit: first,
    },
    provenance: events("id", "listing_id"),
    checkSummary: {
      table: () => checkTable,
      many: true,
      on: (outer, inner) => part(`${inner}.upload_id in (select u.id from app.upload u where u.listing_id = ${outer}.id)`),
      orderBy: (inner) => `${inner}.list_version, ${inner}.name`,
    },
    "#metadata": one(() => metadataTable, "metadata_hash", "hash"),
    "#upload": { table: () => uploadModeTable, many: false, on: (outer, inner) => part(`${inner}.listing_id = ${outer}.id`) },
    "#unsold": { table: () => uploadTable, many: false, on: (outer, inner) => part(`${inner}.listing_id = ${outer}.id and (${isUnsold(inner)})`) },
  },
  through: { tradable: "#unsold", uploadMode: "#upload", metadata: "#metadata", metadataStatus: "#metadata", title: "#metadata", format: "#metadata", cohortCount: "#metadata", sample: "#metadata" },
};

export const orderTable: Table<TradeOrder> = {
  entity: TradeOrder,
  name: "trade_order",
  key: "id",
  version: "from_block",
  visible: versionsAt,
  always: ["id"],
  needs: {
    purchased: ["purchasedBlock", "purchasedTime", "purchasedTransaction"],
    delivered: ["deliveredBlock", "deliveredTime", "deliveredTransaction"],
    closed: ["closedBlock", "closedTime", "closedTransaction"],
    grant: ["buyer"],
  },
  relations: {
    listing: one(() => listingTable, "listing_id", "id"),
    participant: one(() => participantTable, "buyer", "account"),
    provenance: events("id", "order_id"),
    dispute: one(() => disputeTable, "id", "order_id"),
    grant: {
      table: () => grantTable,
      many: false,
      on: (outer, inner, { viewer }) => (viewer === null ? null : part(`${inner}.kind = 'ORDER' and ${inner}.subject = ${outer}.id and ${inner}.account = ${outer}.buyer and ${inner}.account = ?`, viewer)),
    },
  },
  through: {},
};

/** An order that was delivered. */
export const deliveryTable: Table<TradeOrder> = {
  ...orderTable,
  visible: (alias, at) => allOf([versionsAt(alias, at), part(`${alias}.delivered_block is not null`)]),
  needs: { orderId: ["id"], block: ["deliveredBlock"], time: ["deliveredTime"], transactionHash: ["deliveredTransaction"] },
  relations: { listing: one(() => listingTable, "listing_id", "id"), order: one(() => orderTable, "id", "id") },
};

export const disputeTable: Table<Dispute> = {
  entity: Dispute,
  name: "dispute",
  key: "orderId",
  version: "from_block",
  visible: versionsAt,
  always: ["orderId"],
  needs: { opened: ["openedBlock", "openedTime", "openedTransaction"], resolved: ["resolvedBlock", "resolvedTime", "resolvedTransaction"] },
  relations: {
    votes: many(() => disputeVoteTable, "order_id", "order_id", byLog),
    order: one(() => orderTable, "order_id", "id"),
    listing: one(() => listingTable, "listing_id", "id"),
  },
  through: {},
};

export const assignmentTable: Table<Assignment> = {
  entity: Assignment,
  name: "assignment",
  key: "listingId",
  version: "from_block",
  visible: versionsAt,
  always: ["listingId"],
  needs: { exclusiveUntil: ["exclusiveUntil"] },
  relations: { auditors: many(() => drawnAuditorTable, "listing_id", "listing_id", (inner) => `${inner}.position`) },
  through: {},
};

const drawnAuditorTable: Table<DrawnAuditor> = {
  entity: DrawnAuditor,
  name: "drawn_auditor",
  key: "id",
  visible: addedAt,
  always: ["id"],
  needs: {},
  relations: {},
  through: {},
};

const disputeVoteTable: Table<DisputeVote> = {
  entity: DisputeVote,
  name: "dispute_vote",
  key: "id",
  visible: addedAt,
  always: ["id"],
  needs: {},
  relations: {},
  through: {},
};

export const voteTable: Table<Vote> = {
  entity: Vote,
  name: "vote",
  key: "id",
  visible: addedAt,
  always: ["id", "listingId", "auditor"],
  needs: {},
  relations: { listing: one(() => listingTable, "listing_id", "id"), participant: one(() => participantTable, "auditor", "account") },
  through: {},
};

export const participantTable: Table<Participant> = {
  entity: Participant,
  name: "participant",
  key: "account",
  version: "from_block",
  visible: versionsAt,
  always: ["account"],
  needs: { valid: ["roles", "revoked", "validUntil"], changedBlock: ["fromBlock"] },
  relations: {},
  through: {},
};

export const payoutTable: Table<Withdrawal> = {
  entity: Withdrawal,
  name: "withdrawal",
  key: "id",
  visible: addedAt,
  always: ["id", "account"],
  needs: {},
  relations: { participant: one(() => participantTable, "account", "account") },
  through: {},
};

export const anchorTable: Table<AccessAnchor> = {
  entity: AccessAnchor,
  name: "access_anchor",
  key: "batchIndex",
  visible: addedAt,
  always: ["batchIndex"],
  needs: { index: ["batchIndex"] },
  relations: {},
  through: {},
};

export const eventTable: Table<MarketEvent> = {
  entity: MarketEvent,
  name: "market_event",
  key: "seq",
  visible: addedAt,
  always: ["seq"],
  needs: { cursor: ["seq"], block: ["blockNumber", "blockHash", "blockTime"] },
  relations: {},
  through: {},
};

export const transactionTable: Table<ChainTransaction> = {
  entity: ChainTransaction,
  name: "chain_transaction",
  key: "hash",
  visible: addedAt,
  always: ["hash"],
  needs: {},
  relations: { block: one(() => blockTable, "block_number", "number"), events: events("hash", "transaction_hash") },
  through: {},
};

export const blockTable: Table<Block> = {
  entity: Block,
  name: "block",
  key: "number",
  visible: (alias, at) => upTo(`${alias}.number`, at),
  always: ["number"],
  needs: {},
  relations: { events: events("number", "block_number"), transactions: many(() => transactionTable, "number", "block_number", (inner) => `${inner}.transaction_index`) },
  through: {},
};

/** Of the platform's own tables, which hold no blocks: rows of now, whatever block is asked for, and nothing hangs on them. */
const ofNow = { visible: () => part("true"), needs: {}, relations: {}, through: {} };

const grantTable: Table<AccessGrant> = {
  entity: AccessGrant,
  name: "app.access_grant",
  key: "id",
  always: ["id", "account"],
  ...ofNow,
};

const uploadTable: Table<Upload> = {
  entity: Upload,
  name: "app.upload",
  key: "id",
  always: ["id"],
  ...ofNow,
};

/** Who de-identified and encrypted a record set. */
const uploadModeTable: Table<Upload> = { ...uploadTable, always: ["id", "mode"] };

/** What was checked of a record set. */
const checkTable: Table<CheckResult> = {
  entity: CheckResult,
  name: "app.check_result",
  key: "name",
  always: ["name"],
  ...ofNow,
};

/** The platform's log. */
export const accessRecordTable: Table<AccessRecord> = {
  entity: AccessRecord,
  name: "app.access_record",
  key: "seq",
  visible: () => part("true"),
  always: ["seq"],
  needs: { batch: ["batchIndex"], proof: ["batchIndex"], told: ["hash"] },
  relations: {},
  through: {},
};

/** Not of the chain, but named by its hash there: it is the same at every block. */
const metadataTable: Table<Metadata> = {
  entity: Metadata,
  name: "app.metadata",
  key: "hash",
  visible: () => part("true"),
  always: ["hash", "body"],
  needs: {},
  relations: {},
  through: {},
};
