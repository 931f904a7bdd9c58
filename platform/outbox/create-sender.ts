import { keccak256, Transaction, type Interface, type JsonRpcProvider, type Wallet } from "ethers";
import type { DataSource, QueryRunner } from "typeorm";
import { advisoryLocks } from "../database/advisory-locks.js";
import type { Logger } from "../log.js";
import type { OutboxRole } from "./enqueue-transaction.js";
import { revertReason } from "./revert-reason.js";

export interface SenderDeps {
  database: DataSource;
  provider: JsonRpcProvider;
  wallet: Wallet;
  role: OutboxRole;
  chainId: number;
  /** For the names of the contract's errors. */
  contract: Interface;
  finalityDepth: number;
  log: Logger;
}

interface OutboxRow {
  id: string;
  purpose: string;
  target: string;
  data: string;
  status: "QUEUED" | "SIGNED" | "MINED";
  nonce: number | null;
  signed: string | null;
  hash: string | null;
  block_number: number | null;
  block_hash: string | null;
}

/** How many transactions may wait for their block at once. */
const inFlight = 64;
/** Refusals that pass by themselves: the transaction waits. */
const passing = /^MarketPaused\(/;
/** Broadcast again if no block took it for this long, in ms. */
const rebroadcastMs = 5_000;

/**
 * Sends a role's transactions from `app.tx_outbox` (decision D3). One process at a time holds the role's advisory lock; the nonce is assigned and the signed
 * bytes are stored in one database transaction before broadcast, so that a crash at any point sends the same bytes again.
 */
export function createSender(deps: SenderDeps): { step(): Promise<boolean>; close(): Promise<void> } {
  let lock: QueryRunner | undefined;
  let broadcastAt = 0;

  /** @returns true if this process is the role's one sender. */
  const hold = async (): Promise<boolean> => {
    if (lock && !lock.isReleased) {
      // a lost connection has lost its lock
      try {
        await lock.query("select 1");
        return true;
      } catch {
        await lock.release().catch(() => undefined);
        lock = undefined;
      }
    }
    const runner = deps.database.createQueryRunner();
    await runner.connect();
    const [row] = (await runner.query("select pg_try_advisory_lock($1, hashtext($2)) as held", [advisoryLocks.outbox, deps.wallet.address])) as { held: boolean }[];
    if (!row?.held) {
      await runner.release();
      return false;
    }
    lock = runner;
    await restoreForgotten();
    return true;
  };

  /**
   * A development chain that was killed forgets its last seconds (D5), also what we took as final: its nonces are free again. Those transactions
   * are broadcast once more, as they were signed. A node that merely lags is told what it will know anyway.
   * @returns the next nonce as the chain knows it.
   */
  const restoreForgotten = async (): Promise<number> => {
    const chainNonce = await deps.provider.getTransactionCount(deps.wallet.address, "latest");
    await deps.database.query("update app.tx_outbox set nonce = null, updated_at = now() where role = $1 and status = 'FAILED' and nonce >= $2", [deps.role, chainNonce]);
    const [, forgotten] = (await deps.database.query(
      "update app.tx_outbox set status = 'SIGNED', block_number = null, block_hash = null, updated_at = now() where role = $1 and status in ('MINED', 'FINAL') and nonce >= $2",
      [deps.role, chainNonce],
    )) as [unknown, number];
    if (forgotten > 0) {
      deps.log.warn({ role: deps.role, chainNonce, forgotten }, "the chain has forgotten transactions; they are sent again");
      broadcastAt = 0;
    }
    return chainNonce;
  };

  /** Every write names the status that it was decided on: whoever lost the lock without knowing it changes nothing. */
  const fail = async (row: OutboxRow, message: string): Promise<void> => {
    const [, failed] = (await deps.database.query(
      "update app.tx_outbox set status = 'FAILED', error_code = 'TX_REVERTED', error_message = $3, updated_at = now() where id = $1 and status = $2",
      [row.id, row.status, message],
    )) as [unknown, number];
    if (failed === 0) return;
    deps.log.error({ purpose: row.purpose, message }, "the contract refused a transaction");
    await deps.database.query("select pg_notify('tx_outbox_done', $1)", [row.purpose]);
  };

  const sign = async (row: OutboxRow): Promise<boolean> => {
    let gas: bigint;
    try {
      gas = await deps.provider.estimateGas({ from: deps.wallet.address, to: row.target, data: row.data });
    } catch (error) {
      const reason = revertReason(error, deps.contract);
      if (reason === null) throw error; // the node could not be asked: try again later
      if (!passing.test(reason)) await fail(row, reason);
      return false;
    }
    const chainNonce = await restoreForgotten();
    const [open] = (await deps.database.query("select max(nonce) as top from app.tx_outbox where role = $1 and status in ('SIGNED', 'MINED')", [deps.role])) as { top: number | null }[];
    const nonce = Math.max(chainNonce, (open?.top ?? -1) + 1);
    // Gas price 0: the consortium's chain takes no fee (D3). The limit leaves room for state that changes before the block.
    const transaction = Transaction.from({ type: 0, chainId: deps.chainId, to: row.target, data: row.data, nonce, gasPrice: 0n, gasLimit: (gas * 3n) / 2n + 50_000n, value: 0n });
    const signed = await deps.wallet.signTransaction(transaction);
    const [, taken] = (await deps.database.query(
      "update app.tx_outbox set status = 'SIGNED', nonce = $2, signed = $3, hash = $4, updated_at = now() where id = $1 and status = 'QUEUED'",
      [row.id, nonce, signed, keccak256(signed)],
    )) as [unknown, number];
    if (taken === 0) return false; // another process is the sender by now
    Object.assign(row, { status: "SIGNED", nonce, signed, hash: keccak256(signed) });
    return true;
  };

  const broadcast = async (row: OutboxRow): Promise<void> => {
    try {
      await deps.provider.send("eth_sendRawTransaction", [row.signed]);
    } catch (error) {
      // "already known" and "nonce too low" are what sending the same bytes twice is answered with; the receipt decides.
      deps.log.debug({ purpose: row.purpose, error }, "broadcast was not taken");
    }
  };

  /** A receipt says no reason: the same call at that block does, unless what was wrong has passed. */
  const whyReverted = async (row: OutboxRow, blockTag: number): Promise<string | null> => {
    try {
      await deps.provider.call({ from: deps.wallet.address, to: row.target, data: row.data, blockTag });
      return null;
    } catch (error) {
      return revertReason(error, deps.contract);
    }
  };

  const follow = async (row: OutboxRow, head: number): Promise<boolean> => {
    const receipt = row.hash === null ? null : await deps.provider.getTransactionReceipt(row.hash);
    if (!receipt) {
      if (row.status === "MINED") await deps.database.query("update app.tx_outbox set status = 'SIGNED', block_number = null, block_hash = null, updated_at = now() where id = $1 and status = 'MINED'", [row.id]);
      return false;
    }
    if (receipt.status === 0) {
      const reason = await whyReverted(row, receipt.blockNumber);
      if (reason === null || !passing.test(reason)) await fail(row, reason ?? "The transaction was reverted in its block.");
      else await deps.database.query("update app.tx_outbox set status = 'QUEUED', nonce = null, signed = null, hash = null, block_number = null, block_hash = null, updated_at = now() where id = $1 and status = $2", [row.id, row.status]);
      return true;
    }
    const final = receipt.blockNumber + deps.finalityDepth <= head;
    if (!final && row.status === "MINED" && row.block_hash === receipt.blockHash) return false;
    await deps.database.query("update app.tx_outbox set status = $2, block_number = $3, block_hash = $4, updated_at = now() where id = $1 and status = $5", [
      row.id,
      final ? "FINAL" : "MINED",
      receipt.blockNumber,
      receipt.blockHash,
      row.status,
    ]);
    if (final) await deps.database.query("select pg_notify('tx_outbox_done', $1)", [row.purpose]);
    return true;
  };

  /** A nonce that another transaction of this key used (only an operator's hand could do that) can never be mined: sign anew. */
  const replaceOvertaken = async (row: OutboxRow): Promise<void> => {
    if (row.status !== "SIGNED" || row.nonce === null) return;
    const chainNonce = await deps.provider.getTransactionCount(deps.wallet.address, "latest");
    if (chainNonce <= row.nonce) return;
    if (row.hash !== null && (await deps.provider.getTransactionReceipt(row.hash))) return;
    deps.log.warn({ purpose: row.purpose, nonce: row.nonce }, "the nonce was used by another transaction; signing again");
    await deps.database.query("update app.tx_outbox set status = 'QUEUED', nonce = null, signed = null, hash = null, updated_at = now() where id = $1 and status = 'SIGNED'", [row.id]);
  };

  return {
    async step() {
      if (!(await hold())) return false;
      const rows = (await deps.database.query("select id, purpose, target, data, status, nonce, signed, hash, block_number, block_hash from app.tx_outbox where role = $1 and status in ('QUEUED', 'SIGNED', 'MINED') order by nonce nulls last, id limit $2", [deps.role, inFlight])) as OutboxRow[];
      if (rows.length === 0) return false;
      let moved = false;
      const again = Date.now() - broadcastAt > rebroadcastMs;
      const head = await deps.provider.getBlockNumber();
      for (const row of rows) {
        if (row.status === "QUEUED") {
          if (!(await sign(row))) continue;
          await broadcast(row);
          moved = true;
        } else if (row.status === "SIGNED" && again) {
          await replaceOvertaken(row);
          await broadcast(row);
        }
        if (row.status !== "QUEUED" && (await follow(row, head))) moved = true;
      }
      if (again) broadcastAt = Date.now();
      return moved;
    },
    async close() {
      // a pooled connection keeps its session locks until they are given back
      await lock?.query("select pg_advisory_unlock_all()").catch(() => undefined);
      await lock?.release().catch(() => undefined);
      lock = undefined;
    },
  };
}
