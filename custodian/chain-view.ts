import { Contract, getAddress, hashMessage, Interface, verifyMessage, type InterfaceAbi, type JsonRpcProvider, type LogDescription, type Result } from "ethers";
import type { Deployment } from "../platform/chain/deployment.js";
import { isContractSignature } from "../platform/chain/is-contract-signature.js";
import { auditDrawAbi } from "../schema/abi/audit-draw.js";
import { marketplaceAbi } from "../schema/abi/marketplace.js";
import { chainListingStatus, chainOrderStatus, type ChainListingStatus, type ChainOrderStatus } from "../schema/chain-status.js";
import { AppError } from "../schema/errors.js";
import { listingIdOf } from "../schema/listing-id.js";
import type { ListingTerms } from "../schema/listing-terms.js";
import type { PackedListing } from "../schema/packed-listing.js";
import { unpackListing } from "../schema/unpack-listing.js";

/** Blocks that are asked for at once. */
const stretch = 50_000;

export interface PaidOrder {
  readonly listingId: string;
  readonly account: string;
  /** Of the recipient that the buyer was registered with when it paid. */
  readonly recipientCommitment: string;
}

/** The market as the custodian's own node shows it. "Final" is what no re-org takes back. Every question throws CHAIN_UNAVAILABLE when the node does not answer. */
export interface ChainView {
  /** Number of the last final block; -1 before the first. */
  finalBlock(): Promise<number>;
  /** Unix seconds at the head. */
  now(): Promise<bigint>;
  /** An order that was paid, or granted, in a final block. */
  finalOrder(orderId: string): Promise<PaidOrder | null>;
  /** At the last final block, and at the head. */
  orderStatus(orderId: string): Promise<{ final: ChainOrderStatus; head: ChainOrderStatus }>;
  /** A listing's terms, from a final block, held to its id. */
  finalListing(listingId: string): Promise<ListingTerms | null>;
  listingStatus(listingId: string): Promise<{ final: ChainListingStatus; head: ChainListingStatus }>;
  /** Terms of everything that was listed in final blocks from this one on. */
  listedSince(block: number): Promise<ListingTerms[]>;
  participant(account: string): Promise<{ roles: number; validUntil: bigint; recipientCommitment: string }>;
  /** Whether the lot lets an auditor judge a listing; always, where auditors are not drawn. */
  mayAudit(listingId: string, account: string): Promise<boolean>;
  /** Whether the account signed this text (EIP-191, or EIP-1271 where code stands). */
  signed(account: string, text: string, signature: string): Promise<boolean>;
}

/** @param depth - blocks behind the head that are taken as final */
export function openChainView(provider: JsonRpcProvider, deployment: Deployment, depth: number): ChainView {
  const abi = new Interface(marketplaceAbi as InterfaceAbi);
  const market = new Contract(deployment.marketplace, abi, provider);
  const drawAbi = new Interface(auditDrawAbi as InterfaceAbi);
  const draw = deployment.auditDraw === undefined ? null : new Contract(deployment.auditDraw, drawAbi, provider);
  const asking = async <T>(ask: () => Promise<T>): Promise<T> => {
    try {
      return await ask();
    } catch (cause) {
      if (cause instanceof AppError) throw cause;
      throw new AppError("CHAIN_UNAVAILABLE", "The custodian's node does not answer.", { cause });
    }
  };
  const finalBlock = (): Promise<number> => asking(async () => Math.max(-1, Number(await provider.send("eth_blockNumber", [])) - depth));
  const now = (): Promise<bigint> => asking(async () => BigInt((await provider.getBlock("latest"))?.timestamp ?? 0));
  const call = async (name: string, args: readonly unknown[], at: number | "latest" = "latest", of = market): Promise<Record<string, unknown>> =>
    asking(async () => (await of.getFunction(name)(...args, { blockTag: at })) as Record<string, unknown>);
  const atBoth = async (name: string, id: string): Promise<{ final: number; head: number }> => {
    const final = await finalBlock();
    // Before the contract stood there was nothing to ask.
    const [then, now] = await Promise.all([final < deployment.deployBlock ? { status: 0 } : call(name, [id], final), call(name, [id])]);
    return { final: Number(then.status), head: Number(now.status) };
  };
  /** Events of a contract of ours, in final blocks. */
  const events = async (of: string, parse: Interface, names: readonly string[], id: string | null, from: number): Promise<LogDescription[]> => {
    const last = await finalBlock();
    const topics: (string | string[])[] = [names.map((name) => parse.getEvent(name)?.topicHash ?? ""), ...(id === null ? [] : [id])];
    const found: LogDescription[] = [];
    for (let first = Math.max(from, deployment.deployBlock); first <= last; first += stretch) {
      const logs = await asking(() => provider.getLogs({ address: of, topics, fromBlock: first, toBlock: Math.min(last, first + stretch - 1) }));
      for (const log of logs) found.push(parse.parseLog(log) ?? unreadable());
    }
    return found;
  };
  const termsOf = ({ args }: LogDescription): ListingTerms => {
    const listing = (args["listing"] as Result).toObject() as PackedListing;
    const terms = unpackListing(String(args["provider"]).toLowerCase(), listing)?.terms ?? unreadable();
    return listingIdOf(terms) === args["listingId"] ? terms : unreadable();
  };
  return {
    finalBlock,
    now,
    async finalOrder(orderId) {
      const [event] = await events(deployment.marketplace, abi, ["Purchased", "Granted"], orderId, 0);
      if (event === undefined) return null;
      const { args } = event;
      return { listingId: String(args["listingId"]), account: String(args[2]), recipientCommitment: String(args["recipientCommitment"]) };
    },
    async orderStatus(orderId) {
      const { final, head } = await atBoth("order", orderId);
      return { final: chainOrderStatus[final] ?? "NONE", head: chainOrderStatus[head] ?? "NONE" };
    },
    async finalListing(listingId) {
      const [event] = await events(deployment.marketplace, abi, ["Listed"], listingId, 0);
      return event === undefined ? null : termsOf(event);
    },
    async listingStatus(listingId) {
      const { final, head } = await atBoth("listing", listingId);
      return { final: chainListingStatus[final] ?? "NONE", head: chainListingStatus[head] ?? "NONE" };
    },
    listedSince: async (block) => (await events(deployment.marketplace, abi, ["Listed"], null, block)).map(termsOf),
    async participant(account) {
      const found = await call("participant", [account]);
      return { roles: Number(found["roles"]), validUntil: found["validUntil"] as bigint, recipientCommitment: String(found["recipientCommitment"]) };
    },
    async mayAudit(listingId, account) {
      if (draw === null) return true;
      // 0: every auditor may; 1: nobody. Else who was drawn, of whom the event has the accounts.
      const electorate = (await call("electorate", [listingId, await now()], "latest", draw)) as unknown as bigint;
      if (electorate <= 1n) return electorate === 0n;
      const drawn = await events(await draw.getAddress(), drawAbi, ["AuditorsDrawn"], listingId, 0);
      return drawn.some(({ args }) => (args["auditors"] as string[]).some((auditor) => auditor.toLowerCase() === account.toLowerCase()));
    },
    async signed(account, text, signature) {
      try {
        if (verifyMessage(text, signature) === getAddress(account)) return true;
      } catch {
        // not 65 bytes of an own key: it may still be a contract's
      }
      return asking(() => isContractSignature(provider, account, hashMessage(text), signature));
    },
  };
}

function unreadable(): never {
  throw new AppError("CHAIN_MISMATCH", "The node shows an event that the contract does not write.");
}
