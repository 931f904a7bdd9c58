import type { EntityManager } from "typeorm";
import { enqueueTransaction } from "../platform/outbox/enqueue-transaction.js";
import type { Market } from "./market.js";

/** Accesses told in one transaction: some two million gas. */
export const tellLimit = 1_000;

/**
 * Puts the next accesses that the chain was not told of into the outbox. Each number begins one transaction at most, whoever asks how often, for what is told is
 * asked of the contract: so one transaction is under way at a time, and the next one begins where it ended. The contract refuses a gap and a repetition.
 * @param told - number of the last access that the contract knows, at the head of the chain.
 */
export async function tellAccesses(manager: EntityManager, { contract, address }: Market, told: bigint): Promise<void> {
  // Records from before there were salts could be found by their hashes: numbers on the chain begin after them.
  const rows = (await manager.query(
    `select hash from app.access_record where seq > $1 + (select coalesce(max(seq), 0) from app.access_record where salt is null) order by seq limit ${tellLimit}`,
    [`${told}`],
  )) as { hash: string }[];
  if (rows.length === 0) return;
  const first = told + 1n;
  const data = contract.encodeFunctionData("tellAccesses", [first, rows.map(({ hash }) => hash)]);
  // Named for the market too: another one is told from the first access on.
  const purpose = `tell:${address.toLowerCase()}:${first}`;
  if (await enqueueTransaction(manager, { purpose, role: "ANCHORER", target: address, data })) return;
  // After a re-org it may have come before the one that it follows on: now it is its turn.
  await manager.query(
    `update app.tx_outbox set status = 'QUEUED', nonce = null, signed = null, hash = null, block_number = null, block_hash = null, error_code = null, error_message = null, updated_at = now()
     where purpose = $1 and status = 'FAILED' and error_message like 'AccessOutOfOrder(%'`,
    [purpose],
  );
}
