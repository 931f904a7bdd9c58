import DataLoader from "dataloader";
import { In, IsNull } from "typeorm";
import { Application, CheckResult, LegalEvidence, Listing, Metadata, Participant, Recipient, RecordKey, TradeOrder, TxOutbox, Upload } from "../../schema/entities/index.js";
import { loadBatches, loadProofs, loadTold } from "../access/batches.js";
import type { ApiDeps } from "../deps.js";
import type { AccessBatchType, MerkleProof, ToldAccess } from "../types/access.js";
import { manyByKey, oneByKey } from "./batch-by.js";

/** Reads of one request, batched and remembered for its length. Addresses and hashes are lower case. */
export interface Loaders {
  /** Current version by id. */
  listing: DataLoader<string, Listing | null>;
  /** Current version by id. */
  order: DataLoader<string, TradeOrder | null>;
  /** Current version by account. */
  participant: DataLoader<string, Participant | null>;
  metadata: DataLoader<string, Metadata | null>;
  /** The upload that a listing came from, by listing id. */
  uploadOfListing: DataLoader<string, Upload | null>;
  /** By upload id. */
  legalEvidence: DataLoader<string, LegalEvidence | null>;
  /** By upload id, in the order of list and name. */
  checks: DataLoader<string, CheckResult[]>;
  /** By record id. */
  recordKey: DataLoader<string, RecordKey | null>;
  /** By commitment. */
  recipient: DataLoader<string, Recipient | null>;
  /** By account, newest first. */
  applications: DataLoader<string, Application[]>;
  /** By purpose. */
  outbox: DataLoader<string, TxOutbox | null>;
  /** With its anchor, where that is indexed; by index. */
  accessBatch: DataLoader<string, AccessBatchType | null>;
  /** Place and audit path of an access record in its batch; by seq. */
  accessProof: DataLoader<string, MerkleProof | null>;
  /** Where the chain tells an access by an event of its own; by the record's hash. */
  toldAccess: DataLoader<string, ToldAccess | null>;
}

export function createLoaders({ database }: Pick<ApiDeps, "database">): Loaders {
  const all = (keys: readonly string[]): ReturnType<typeof In<string>> => In([...keys]);
  return {
    listing: oneByKey((ids) => database.getRepository(Listing).findBy({ id: all(ids), toBlock: IsNull() }), ({ id }) => id),
    order: oneByKey((ids) => database.getRepository(TradeOrder).findBy({ id: all(ids), toBlock: IsNull() }), ({ id }) => id),
    participant: oneByKey((accounts) => database.getRepository(Participant).findBy({ account: all(accounts), toBlock: IsNull() }), ({ account }) => account),
    metadata: oneByKey((hashes) => database.getRepository(Metadata).findBy({ hash: all(hashes) }), ({ hash }) => hash),
    uploadOfListing: oneByKey((ids) => database.getRepository(Upload).findBy({ listingId: all(ids) }), ({ listingId }) => listingId ?? ""),
    legalEvidence: oneByKey((ids) => database.getRepository(LegalEvidence).findBy({ uploadId: all(ids) }), ({ uploadId }) => uploadId),
    checks: manyByKey((ids) => database.getRepository(CheckResult).find({ where: { uploadId: all(ids) }, order: { listVersion: "ASC", name: "ASC" } }), ({ uploadId }) => uploadId),
    recordKey: oneByKey((ids) => database.getRepository(RecordKey).findBy({ recordId: all(ids) }), ({ recordId }) => recordId),
    recipient: oneByKey((commitments) => database.getRepository(Recipient).findBy({ commitment: all(commitments) }), ({ commitment }) => commitment),
    applications: manyByKey((accounts) => database.getRepository(Application).find({ where: { account: all(accounts) }, order: { createdAt: "DESC", id: "ASC" } }), ({ account }) => account),
    outbox: oneByKey((purposes) => database.getRepository(TxOutbox).findBy({ purpose: all(purposes) }), ({ purpose }) => purpose),
    accessBatch: oneByKey((indices) => loadBatches(database, indices), ({ index }) => index.toString()),
    accessProof: new DataLoader((seqs) => loadProofs(database, seqs)),
    toldAccess: oneByKey((hashes) => loadTold(database, hashes), ({ hash }) => hash),
  };
}
