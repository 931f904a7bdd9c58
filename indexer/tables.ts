import { carriedColumns } from "./carried-columns.js";
import type { AddedFacts, StateOf, VersionedFacts } from "./rows.js";

export type ColumnType = "text" | "integer" | "smallint" | "bigint" | "numeric" | "boolean" | "timestamptz" | "jsonb";
export type Columns = Readonly<Record<string, ColumnType>>;

const stamp = { blockTime: "timestamptz", transactionHash: "text", logIndex: "integer" } as const;
const range = { fromBlock: "integer", toBlock: "integer" } as const;

/** What is true of a thing from one event on, in a range of blocks. */
export interface Version<Table extends keyof VersionedFacts = keyof VersionedFacts> {
  /** A thing that the tables have continues by its state alone. */
  facts: VersionedFacts[Table] | StateOf<Table>;
  at: Stamp;
  readonly fromBlock: number;
  toBlock: number | null;
}
/** The current version of a thing, as the tables hold it. */
export interface CurrentVersion<Table extends keyof VersionedFacts = keyof VersionedFacts> {
  readonly facts: StateOf<Table>;
  readonly fromBlock: number;
}
export interface Added<Table extends keyof AddedFacts = keyof AddedFacts> {
  readonly facts: AddedFacts[Table];
  readonly at: Stamp & { readonly blockNumber: number };
}
export interface Stamp {
  readonly blockTime: Date;
  readonly transactionHash: string;
  readonly logIndex: number;
}

/** Columns of the tables with versions, by property name; a test compares them with the migrations. */
export const versionedTables = {
  participant: {
    account: "text", ...range, institution: "text", roles: "integer", kind: "smallint", auditorSlot: "smallint", generation: "bigint", validUntil: "bigint",
    revoked: "boolean", credentialCommitment: "text", recipientCommitment: "text", ...stamp,
  },
  listing: {
    id: "text", ...range, status: "text", provider: "text", payee: "text", contentHash: "text", plaintextRoot: "text", ciphertextRoot: "text", keyCommitment: "text",
    metadataHash: "text", legalEvidenceHash: "text", previousId: "text", dataKind: "smallint", region: "integer", price: "numeric", purposes: "bigint",
    p10: "numeric", p50: "numeric", p90: "numeric", modelHash: "text", approvals: "smallint", rejections: "smallint", sales: "integer",
    listedBlock: "integer", listedTime: "timestamptz", listedTransaction: "text", ...stamp,
  },
  trade_order: {
    id: "text", ...range, listingId: "text", buyer: "text", salt: "text", price: "numeric", purpose: "bigint", recipientCommitment: "text", status: "text",
    deliverBy: "bigint", deliveryCommitment: "text", settleAfter: "bigint", fee: "numeric",
    purchasedBlock: "integer", purchasedTime: "timestamptz", purchasedTransaction: "text",
    deliveredBlock: "integer", deliveredTime: "timestamptz", deliveredTransaction: "text",
    closedBlock: "integer", closedTime: "timestamptz", closedTransaction: "text", ...stamp,
  },
  dispute: {
    orderId: "text", ...range, listingId: "text", buyer: "text", status: "text", claim: "smallint", leafIndex: "numeric", leafHash: "text", voteUntil: "bigint",
    votesForBuyer: "smallint", votesForPayee: "smallint", openedBlock: "integer", openedTime: "timestamptz", openedTransaction: "text",
    resolvedBlock: "integer", resolvedTime: "timestamptz", resolvedTransaction: "text", ...stamp,
  },
  ring: {
    hash: "text", ...range, members: "integer", quota: "integer", epochLength: "bigint", epoch: "bigint", used: "integer", revoked: "boolean", ...stamp,
  },
  assignment: { listingId: "text", ...range, status: "text", round: "bigint", failedDraws: "smallint", seed: "text", exclusiveUntil: "bigint", ...stamp },
  market: { id: "text", ...range, authority: "text", pausedAt: "bigint", pausedUntil: "bigint", stopped: "bigint", ...stamp },
} as const satisfies Record<keyof VersionedFacts, Columns>;

/** @returns an object with a value of its own for each table with versions. */
export function eachTable<Value>(make: (table: keyof VersionedFacts) => Value): { [Table in keyof VersionedFacts]: Value } {
  const of = (table: keyof VersionedFacts): Value => make(table);
  return { participant: of("participant"), listing: of("listing"), trade_order: of("trade_order"), dispute: of("dispute"), ring: of("ring"), market: of("market"), assignment: of("assignment") };
}

/** The facts of a version that are loaded, and written again with each version. */
export const stateFacts = eachTable((table) => Object.keys(versionedTables[table]).filter((name) => !(name in stamp) && !(name in range) && !(carriedColumns[table] as readonly string[]).includes(name)));

/** Columns of the tables to which rows are only added. */
export const addedTables = {
  vote: { id: "text", listingId: "text", auditor: "text", approve: "boolean", reason: "integer", blockNumber: "integer", ...stamp, logPart: "integer" },
  dispute_vote: { id: "text", orderId: "text", auditor: "text", forBuyer: "boolean", reason: "integer", blockNumber: "integer", ...stamp },
  ring_member: { id: "text", ringHash: "text", position: "integer", key: "text", blockNumber: "integer", ...stamp },
  key_image: { id: "text", keyImage: "text", ringHash: "text", listingId: "text", blockNumber: "integer", ...stamp },
  withdrawal: { id: "text", account: "text", recipient: "text", amount: "numeric", blockNumber: "integer", ...stamp },
  access_anchor: { batchIndex: "bigint", root: "text", count: "integer", firstTime: "bigint", lastTime: "bigint", blockNumber: "integer", ...stamp },
  drawn_auditor: { id: "text", listingId: "text", round: "bigint", position: "smallint", auditor: "text", blockNumber: "integer", ...stamp },
  round_commitment: { id: "text", round: "bigint", auditor: "text", commitment: "text", blockNumber: "integer", ...stamp },
  round_reveal: { id: "text", round: "bigint", auditor: "text", secret: "text", blockNumber: "integer", ...stamp },
  access_told: { id: "text", number: "bigint", hash: "text", blockNumber: "integer", ...stamp },
} as const satisfies Record<keyof AddedFacts, Columns>;

/** Columns of the tables that say where on the chain the rest came from. */
export const chainTables = {
  block: { number: "integer", hash: "text", time: "timestamptz", signer: "text" },
  chain_transaction: { hash: "text", blockNumber: "integer", transactionIndex: "integer", sender: "text", recipient: "text" },
} as const satisfies Record<string, Columns>;

export const feedColumns = {
  seq: "bigint", op: "text", name: "text", blockNumber: "integer", blockHash: "text", blockTime: "timestamptz", transactionHash: "text", logIndex: "integer", logPart: "integer",
  listingId: "text", orderId: "text", account: "text", payload: "jsonb", invalidReason: "text", reverts: "bigint",
} as const satisfies Columns;

/** The property that tells things of a versioned table apart. */
export const keyOf = { participant: "account", listing: "id", trade_order: "id", dispute: "orderId", ring: "hash", market: "id", assignment: "listingId" } as const satisfies Record<keyof VersionedFacts, string>;

/** Every table that is made from the chain and can be rebuilt, with the columns that order its rows. */
export const rebuildable = {
  participant: "account, from_block",
  listing: "id, from_block",
  trade_order: "id, from_block",
  dispute: "order_id, from_block",
  ring: "hash, from_block",
  market: "id, from_block",
  vote: "id",
  dispute_vote: "id",
  ring_member: "id",
  key_image: "id",
  withdrawal: "id",
  access_anchor: "batch_index",
  access_told: "id",
  assignment: "listing_id, from_block",
  drawn_auditor: "id",
  round_commitment: "id",
  round_reveal: "id",
  block: "number",
  chain_transaction: "hash",
} as const;

/** `fromBlock` → `from_block`. */
export const columnName = (property: string): string => property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
