import type { DataSource } from "typeorm";
import { nodeBackend } from "../../crypto/backend/node.js";
import { batchProof } from "../../crypto/merkle/batch.js";
import type { AccessBatchType, MerkleProof, ToldAccess } from "../types/access.js";

/** @returns batches with the anchor's transaction and block, where the index has them. The chain knows a batch by its root. */
export async function loadBatches(database: DataSource, indices: readonly string[]): Promise<AccessBatchType[]> {
  const rows = (await database.query(
    `select b.batch_index, b.root, a.transaction_hash, a.block_number, a.block_time
     from app.access_batch b left join access_anchor a on a.root = b.root where b.batch_index = any($1::bigint[])`,
    [indices],
  )) as { batch_index: string; root: string; transaction_hash: string | null; block_number: number | null; block_time: Date | null }[];
  return rows.map((row) => ({ index: BigInt(row.batch_index), root: row.root, transactionHash: row.transaction_hash, block: row.block_number, time: row.block_time }));
}

/** @returns where the chain tells the records with these hashes, as far as that is indexed. */
export async function loadTold(database: DataSource, hashes: readonly string[]): Promise<(ToldAccess & { hash: string })[]> {
  const rows = (await database.query("select hash, number, transaction_hash, block_number, block_time from access_told where hash = any($1)", [hashes])) as {
    hash: string;
    number: string;
    transaction_hash: string;
    block_number: number;
    block_time: Date;
  }[];
  return rows.map((row) => ({ hash: row.hash, number: BigInt(row.number), transactionHash: row.transaction_hash, block: row.block_number, time: row.block_time }));
}

/** @returns a proof for each record that is batched. All batches in question are read with one statement. */
export async function loadProofs(database: DataSource, seqs: readonly string[]): Promise<(MerkleProof | null)[]> {
  const rows = (await database.query(
    `select batch_index, array_agg(seq::text order by seq) as seqs, array_agg(hash order by seq) as hashes from app.access_record
     where batch_index in (select batch_index from app.access_record where seq = any($1::bigint[])) group by batch_index`,
    [seqs],
  )) as { seqs: string[]; hashes: string[] }[];
  return seqs.map((seq) => {
    const batch = rows.find((row) => row.seqs.includes(seq));
    return batch ? batchProof(nodeBackend, batch.hashes, batch.seqs.indexOf(seq)) : null;
  });
}
