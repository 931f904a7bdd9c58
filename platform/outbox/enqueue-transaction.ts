import type { EntityManager } from "typeorm";

export type OutboxRole = "RELAYER" | "DELIVERER" | "ANCHORER";

/**
 * Puts a transaction into the outbox, in the caller's database transaction. Running it twice with one purpose sends one transaction.
 * @param purpose - what it is for, e.g. `deliver:<order id>`.
 * @returns false if that purpose was there already.
 */
export async function enqueueTransaction(manager: EntityManager, transaction: { purpose: string; role: OutboxRole; target: string; data: string }): Promise<boolean> {
  const rows = (await manager.query(
    "insert into app.tx_outbox (purpose, role, target, data) values ($1, $2, $3, $4) on conflict (purpose) do nothing returning id",
    [transaction.purpose, transaction.role, transaction.target, transaction.data],
  )) as unknown[];
  if (rows.length > 0) await manager.query("select pg_notify('tx_outbox', $1)", [transaction.role]);
  return rows.length > 0;
}
