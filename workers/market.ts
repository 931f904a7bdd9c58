import { Contract, Interface, isCallException, type InterfaceAbi, type JsonRpcProvider } from "ethers";
import type { Deployment } from "../platform/chain/deployment.js";
import { auditDrawAbi } from "../schema/abi/audit-draw.js";
import { marketplaceAbi } from "../schema/abi/marketplace.js";
import { chainListingStatus, chainOrderStatus, type ChainListingStatus, type ChainOrderStatus } from "../schema/chain-status.js";
import { AppError } from "../schema/errors.js";

export interface ChainParticipant {
  roles: number;
  /** Seconds since 1970, inclusive. */
  validUntil: bigint;
  recipientCommitment: string;
}

/** The contract as it stands at the head of the chain. Every question throws CHAIN_UNAVAILABLE when the node does not answer. */
export interface Market {
  readonly address: string;
  readonly contract: Interface;
  participant(account: string): Promise<ChainParticipant>;
  orderStatus(orderId: string): Promise<ChainOrderStatus>;
  /** First 18 bytes of the delivery commitment that the contract holds, `0x…`; zeros if none. */
  orderCommitment(orderId: string): Promise<string>;
  listingStatus(listingId: string): Promise<ChainListingStatus>;
  /** Whether a call would succeed if it were sent now; false for any revert. */
  wouldAccept(from: string, data: string): Promise<boolean>;
  /** Assigns auditors by lot; null where every auditor may vote. */
  readonly draw: { readonly address: string; readonly contract: Interface; currentRound(): Promise<bigint> } | null;
  /** Number of the last access that the contract was told of; 0 before the first. */
  accessesTold(): Promise<bigint>;
  /** Time of the head block, in seconds since 1970. */
  headTime(): Promise<bigint>;
}

export function openMarket(provider: JsonRpcProvider, deployment: Deployment): Market {
  const contract = new Interface(marketplaceAbi as InterfaceAbi);
  const reader = new Contract(deployment.marketplace, contract, provider);
  const ask = async (name: string, args: readonly unknown[] = [], of = reader): Promise<Record<string, unknown>> => {
    try {
      return (await of.getFunction(name)(...args)) as Record<string, unknown>;
    } catch (cause) {
      throw new AppError("CHAIN_UNAVAILABLE", "The chain's RPC node does not answer.", { cause });
    }
  };
  const { auditDraw } = deployment;
  const drawAbi = new Interface(auditDrawAbi as InterfaceAbi);
  const drawReader = auditDraw === undefined ? null : new Contract(auditDraw, drawAbi, provider);
  return {
    address: deployment.marketplace,
    contract,
    draw:
      auditDraw === undefined || drawReader === null
        ? null
        : { address: auditDraw, contract: drawAbi, currentRound: async () => ((await ask("currentRound", [], drawReader)) as unknown as [bigint])[0] },
    async participant(account) {
      const found = await ask("participant", [account]);
      return { roles: Number(found["roles"]), validUntil: found["validUntil"] as bigint, recipientCommitment: String(found["recipientCommitment"]) };
    },
    async orderStatus(orderId) {
      return chainOrderStatus[Number((await ask("order", [orderId]))["status"])] ?? "NONE";
    },
    async orderCommitment(orderId) {
      return String((await ask("order", [orderId]))["commitment"]);
    },
    async listingStatus(listingId) {
      return chainListingStatus[Number((await ask("listing", [listingId]))["status"])] ?? "NONE";
    },
    async wouldAccept(from, data) {
      try {
        await provider.call({ from, to: deployment.marketplace, data });
        return true;
      } catch (cause) {
        if (isCallException(cause)) return false;
        throw new AppError("CHAIN_UNAVAILABLE", "The chain's RPC node does not answer.", { cause });
      }
    },
    async accessesTold() {
      return (await ask("accessesTold")) as unknown as bigint;
    },
    async headTime() {
      const block = await provider.getBlock("latest").catch((cause: unknown) => {
        throw new AppError("CHAIN_UNAVAILABLE", "The chain's RPC node does not answer.", { cause });
      });
      if (!block) throw new AppError("CHAIN_UNAVAILABLE", "The chain has no block yet.");
      return BigInt(block.timestamp);
    },
  };
}
