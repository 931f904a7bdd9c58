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

/** A transaction that was found in a block. */
interface Seen {
  readonly row: OutboxRow;
  readonly status: "MINED" | "FINAL";
  readonly blockNumber: number;
  readonly blockHash: string;
}

/** How many transactions may wait for their block at once. */
const inFlight = 64;
/** How many are signed in one step: that keeps the processor for some 2 ms each. */
const signedAtOnce = 32;
/** How many that have their block are looked at in one step. */
const followedAtOnce = 1_000;
const columns = "id, purpose, target, data, status, nonce, signed, hash, block_number, block_hash";
/** What is sent by nonce, and of what is not the oldest: each from an index of its own, however many wait. */
const openRows = `(select ${columns} from app.tx_outbox where role = $1 and status in ('SIGNED', 'MINED') order by nonce limit ${followedAtOnce})
  union all (select ${columns} from app.tx_outbox where role = $1 and status = 'QUEUED' order by id limit ${signedAtOnce})`;
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

  /**
   * Reads over the connection that holds the role's lock, which a lost connection has lost.
   * @returns null if another process is the role's one sender.
   */
  const readOpen = async (): Promise<OutboxRow[] | null> => {
    if (lock && !lock.isReleased) {
      try {
        return (await lock.query(openRows, [deps.role])) as OutboxRow[];
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
      return null;
    }
    lock = runner;
    await restoreForgotten();
    return (await runner.query(openRows, [deps.role])) as OutboxRow[];
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

  /** @returns the gas that a transaction needs now; null if the contract refuses it. */
  const gasOf = async (row: OutboxRow): Promise<bigint | null> => {
    try {
      return await deps.provider.estimateGas({ from: deps.wallet.address, to: row.target, data: row.data });
    } catch (error) {
      const reason = revertReason(error, deps.contract);
      if (reason === null) throw error; // the node could not be asked: try again later
      if (!passing.test(reason)) await fail(row, reason);
      return null;
    }
  };

  /** Signs what the contract would take, with the next nonces, and stores all of it or nothing. @returns what is stored */
  const sign = async (rows: readonly OutboxRow[]): Promise<OutboxRow[]> => {
    const asked = await Promise.all(rows.map(async (row) => ({ row, gas: await gasOf(row) })));
    const accepted = asked.flatMap(({ row, gas }) => (gas === null ? [] : { row, gas }));
    if (accepted.length === 0) return [];
    const chainNonce = await restoreForgotten();
    const [open] = (await deps.database.query("select max(nonce) as top from app.tx_outbox where role = $1 and status in ('SIGNED', 'MINED')", [deps.role])) as { top: number | null }[];
    const first = Math.max(chainNonce, (open?.top ?? -1) + 1);
    const signed: OutboxRow[] = [];
    for (const { row, gas } of accepted) {
      const nonce = first + signed.length;
      // Gas price 0: the consortium's chain takes no fee (D3). The limit leaves room for state that changes before the block.
      const gasLimit = (gas * 3n) / 2n + 50_000n;
      const bytes = await deps.wallet.signTransaction(Transaction.from({ type: 0, chainId: deps.chainId, to: row.target, data: row.data, nonce, gasPrice: 0n, gasLimit, value: 0n }));
      signed.push({ ...row, status: "SIGNED", nonce, signed: bytes, hash: keccak256(bytes) });
    }
    const isStored = await deps.database.transaction(async (manager) => {
      const ids = signed.map(({ id }) => id);
      const waiting = (await manager.query("select id from app.tx_outbox where id = any($1) and status = 'QUEUED' for update", [ids])) as unknown[];
      // Another process is the sender by now: a nonce left out would hold up all that come after it.
      if (waiting.length < signed.length) return false;
      await manager.query(
        `update app.tx_outbox t set status = 'SIGNED', nonce = s.nonce, signed = s.signed, hash = s.hash, updated_at = now()
         from unnest($1::bigint[], $2::int[], $3::text[], $4::text[]) as s (id, nonce, signed, hash) where t.id = s.id`,
        [ids, signed.map(({ nonce }) => nonce), signed.map((row) => row.signed), signed.map(({ hash }) => hash)],
      );
      return true;
    });
    return isStored ? signed : [];
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

  /** @returns whether it moved, and the block that it is to be noted in; that one is noted with the others of the step. */
  const follow = async (row: OutboxRow, head: number): Promise<{ moved: boolean; seen: Seen | null }> => {
    const receipt = row.hash === null ? null : await deps.provider.getTransactionReceipt(row.hash);
    if (!receipt) {
      if (row.status === "MINED") await deps.database.query("update app.tx_outbox set status = 'SIGNED', block_number = null, block_hash = null, updated_at = now() where id = $1 and status = 'MINED'", [row.id]);
      return { moved: false, seen: null };
    }
    if (receipt.status === 0) {
      const reason = await whyReverted(row, receipt.blockNumber);
      if (reason === null || !passing.test(reason)) await fail(row, reason ?? "The transaction was reverted in its block.");
      else await deps.database.query("update app.tx_outbox set status = 'QUEUED', nonce = null, signed = null, hash = null, block_number = null, block_hash = null, updated_at = now() where id = $1 and status = $2", [row.id, row.status]);
      return { moved: true, seen: null };
    }
    const isFinal = receipt.blockNumber + deps.finalityDepth <= head;
    if (!isFinal && row.status === "MINED" && row.block_hash === receipt.blockHash) return { moved: false, seen: null };
    return { moved: true, seen: { row, status: isFinal ? "FINAL" : "MINED", blockNumber: receipt.blockNumber, blockHash: receipt.blockHash } };
  };

  /** @returns whether one of them moved. */
  const followAll = async (rows: readonly OutboxRow[], head: number): Promise<boolean> => {
    const followed = await Promise.all(rows.map((row) => follow(row, head)));
    const seen = followed.flatMap((each) => each.seen ?? []);
    if (seen.length > 0) {
      await deps.database.query(
        `with noted as (
           update app.tx_outbox t set status = s.status, block_number = s.block_number, block_hash = s.block_hash, updated_at = now()
           from unnest($1::bigint[], $2::text[], $3::text[], $4::int[], $5::text[]) as s (id, before, status, block_number, block_hash)
           where t.id = s.id and t.status = s.before returning t.purpose, t.status
         ) select pg_notify('tx_outbox_done', purpose) from noted where status = 'FINAL'`,
        [seen.map(({ row }) => row.id), seen.map(({ row }) => row.status), seen.map(({ status }) => status), seen.map(({ blockNumber }) => blockNumber), seen.map(({ blockHash }) => blockHash)],
      );
    }
    return followed.some(({ moved }) => moved);
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
    // Questions of one step are asked at once: the provider sends them together.
    async step() {
      const open = await readOpen();
      if (open === null || open.length === 0) return false;
      const [queued, sent] = [open.filter(({ status }) => status === "QUEUED"), open.filter(({ status }) => status !== "QUEUED")];
      const waiting = sent.filter(({ status }) => status === "SIGNED");
      const head = await deps.provider.getBlockNumber();
      if (Date.now() - broadcastAt > rebroadcastMs) {
        await Promise.all(waiting.map(async (row) => {
          await replaceOvertaken(row);
          await broadcast(row);
        }));
        broadcastAt = Date.now();
      }
      const isMoved = await followAll(sent, head);
      const signed = await sign(queued.slice(0, Math.max(0, inFlight - waiting.length)));
      await Promise.all(signed.map(broadcast));
      return (await followAll(signed, head)) || signed.length > 0 || isMoved;
    },
    async close() {
      // a pooled connection keeps its session locks until they are given back
      await lock?.query("select pg_advisory_unlock_all()").catch(() => undefined);
      await lock?.release().catch(() => undefined);
      lock = undefined;
    },
  };
}
