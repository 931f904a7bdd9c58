import type { Interface, InterfaceAbi, Result } from "ethers";
import type { Deployment } from "../platform/chain/deployment.js";
import { auditDrawAbi } from "../schema/abi/audit-draw.js";
import { marketplaceAbi } from "../schema/abi/marketplace.js";
import type { Sql } from "./copy-rows.js";
import { ChainAnswerError, type ChainRpc } from "./chain-rpc.js";
import { accessesTold } from "./checks/accesses-told.js";
import { anchors } from "./checks/anchors.js";
import { assignments } from "./checks/assignments.js";
import { disputes } from "./checks/disputes.js";
import { keyImages } from "./checks/key-images.js";
import { listings } from "./checks/listings.js";
import { market } from "./checks/market.js";
import { orders } from "./checks/orders.js";
import { participants } from "./checks/participants.js";
import { rings } from "./checks/rings.js";
import type { Sample, Sampler } from "./checks/sample.js";
import { lazyEthers } from "./lazy-ethers.js";
import { unixTime } from "./unix-time.js";

export interface SelfCheck {
  readonly height: number;
  readonly checked: number;
  /** Rows that differ, with both values. */
  readonly mismatches: readonly string[];
}

let contracts: Record<"marketplace" | "auditDraw", Interface> | undefined;

/** What the contract can be asked about. Single votes and withdrawals it does not keep: only what they led to. */
const samplers: readonly Sampler[] = [listings, orders, participants, anchors, accessesTold, disputes, rings, keyImages, market, assignments];

/**
 * Compares a random sample of rows, as they stood at the finalized block, with the contract's state at that block.
 * @param each - rows a table.
 */
export async function selfCheck(options: { sql: Sql; rpc: ChainRpc; deployment: Pick<Deployment, "marketplace" | "auditDraw">; height: number; each: number }): Promise<SelfCheck> {
  const { sql, rpc, deployment, height, each } = options;
  const header = await rpc.headerAt(height);
  if (!header) throw new ChainAnswerError(`block ${height}, which was final, is missing`);
  const samples: Sample[] = [];
  for (const sampler of samplers) samples.push(...(await sampler({ sql, height, time: unixTime(header.time), each })));
  const mismatches: string[] = [];
  const { Interface: AbiInterface } = lazyEthers();
  contracts ??= { marketplace: new AbiInterface(marketplaceAbi as InterfaceAbi), auditDraw: new AbiInterface(auditDrawAbi as InterfaceAbi) };
  for (const { name, call, expected } of samples) {
    const of = call.of ?? "marketplace";
    const address = deployment[of];
    if (address === undefined) {
      mismatches.push(`${name} at block ${height}: the market has no contract ${of}`);
      continue;
    }
    const answer = contracts[of].decodeFunctionResult(call.view, await rpc.view(address, contracts[of].encodeFunctionData(call.view, [...call.args]), height));
    const state = (answer.length === 1 && typeof answer[0] === "object" ? (answer[0] as Result).toObject() : { value: answer[0] as unknown }) as Record<string, unknown>;
    for (const [field, value] of Object.entries(expected)) {
      const there = String(state[field]).toLowerCase();
      if (there !== value) mismatches.push(`${name} at block ${height}: ${field} is ${value} in the tables, ${there} in the contract`);
    }
  }
  return { height, checked: samples.length, mismatches };
}
