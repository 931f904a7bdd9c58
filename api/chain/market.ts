import { createHash } from "node:crypto";
import { Contract, type InterfaceAbi, type JsonRpcProvider } from "ethers";
import type { Deployment } from "../../platform/chain/deployment.js";
import { accessManagerAbi } from "../../schema/abi/access-manager.js";
import { auditDrawAbi } from "../../schema/abi/audit-draw.js";
import { marketplaceAbi } from "../../schema/abi/marketplace.js";
import { paymentTokenAbi } from "../../schema/abi/payment-token.js";
import type { Currency } from "../types/money.js";

/** An ABI as it is served. */
export interface PublishedAbi {
  /** Name of the contract. */
  contract: string;
  /** File name under /abi/. */
  file: string;
  body: string;
  /** SHA-256 of the body, in hexadecimal. */
  hash: string;
}

/** What never changes of the market on the chain. Addresses are lower case. */
export interface Market {
  readonly deployment: Deployment;
  readonly marketplace: Contract;
  readonly token: Contract;
  readonly accessManager: Contract;
  /** Assigns auditors by lot; null: every auditor may vote on every listing. */
  readonly auditDraw: Contract | null;
  readonly currency: Currency;
  readonly auditQuorum: number;
  readonly deliveryWindowSeconds: number;
  readonly settleWindowSeconds: number;
  readonly abis: readonly PublishedAbi[];
  /** JSON-RPC address told to wallets. */
  readonly publicRpcUrl: string;
}

const publish = (contract: string, file: string, abi: readonly unknown[]): PublishedAbi => {
  const body = JSON.stringify(abi);
  return { contract, file, body, hash: createHash("sha256").update(body).digest("hex") };
};

export async function readMarket(provider: JsonRpcProvider, deployment: Deployment, publicRpcUrl: string): Promise<Market> {
  const open = (address: string, abi: readonly unknown[]): Contract => new Contract(address, abi as InterfaceAbi, provider);
  const marketplace = open(deployment.marketplace, marketplaceAbi);
  const token = open(deployment.token, paymentTokenAbi);
  const number = async (contract: Contract, view: string): Promise<number> => Number(await contract.getFunction(view)());
  const [symbol, decimals, auditQuorum, deliveryWindowSeconds, settleWindowSeconds] = await Promise.all([
    token.getFunction("symbol")() as Promise<string>,
    number(token, "decimals"),
    number(marketplace, "quorum"),
    number(marketplace, "deliveryWindow"),
    number(marketplace, "settleWindow"),
  ]);
  return {
    deployment,
    marketplace,
    token,
    accessManager: open(deployment.accessManager, accessManagerAbi),
    auditDraw: deployment.auditDraw === undefined ? null : open(deployment.auditDraw, auditDrawAbi),
    currency: { symbol, decimals },
    auditQuorum,
    deliveryWindowSeconds,
    settleWindowSeconds,
    abis: [publish("Marketplace", "marketplace.json", marketplaceAbi), publish("PaymentToken", "payment-token.json", paymentTokenAbi), publish("AccessManager", "access-manager.json", accessManagerAbi),
      ...(deployment.auditDraw === undefined ? [] : [publish("AuditDraw", "audit-draw.json", auditDrawAbi)])],
    publicRpcUrl,
  };
}
