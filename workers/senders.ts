import type { JsonRpcProvider, Wallet } from "ethers";
import type { DataSource } from "typeorm";
import type { Logger } from "../platform/log.js";
import { createSender } from "../platform/outbox/create-sender.js";
import type { OutboxRole } from "../platform/outbox/enqueue-transaction.js";
import { AppError } from "../schema/errors.js";
import { startLoop } from "./loop.js";
import type { Market } from "./market.js";

export interface SendersDeps {
  database: DataSource;
  provider: JsonRpcProvider;
  wallets: Readonly<Record<OutboxRole, Wallet>>;
  chainId: number;
  finalityDepth: number;
  market: Market;
  log: Logger;
}

/** Between looks at the outbox when nothing wakes the sender, in ms. */
const lookEveryMs = 1_000;
/** Between steps while much is to be sent, in ms: one step signs and follows many. */
const gapMs = 50;

/**
 * One sender a role, each in a loop of its own: a role whose transactions wait holds up no other.
 * @throws AppError CONFIG_INVALID if two roles have the same key: each sender counts the nonces of its account alone.
 */
export function startSenders(deps: SendersDeps): { wake(role: string | null): void; close(): Promise<void> } {
  const entries = Object.entries(deps.wallets) as [OutboxRole, Wallet][];
  if (new Set(entries.map(([, { address }]) => address)).size < entries.length) {
    throw new AppError("CONFIG_INVALID", "Relayer, deliverer and anchorer must have a key each: RELAYER_KEY_FILE, DELIVERER_KEY_FILE, ANCHORER_KEY_FILE.");
  }
  const { database, provider, chainId, finalityDepth, market } = deps;
  const running = entries.map(([role, wallet]) => {
    const log = deps.log.child({ role });
    const sender = createSender({ database, provider, wallet, role, chainId, contract: market.contract, finalityDepth, log });
    return { role, sender, loop: startLoop({ name: `sender ${role}`, everyMs: lookEveryMs, gapMs, turn: () => sender.step(), log }) };
  });
  return {
    wake(role) {
      for (const each of running) if (role === null || each.role === role) each.loop.wake();
    },
    async close() {
      await Promise.all(
        running.map(async ({ loop, sender }) => {
          await loop.close();
          await sender.close();
        }),
      );
    },
  };
}
