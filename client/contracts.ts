import { Contract, Interface, isCallException, JsonRpcProvider, Network, type ContractTransactionResponse, type Signer } from "ethers";
import { accessManagerAbi } from "../schema/abi/access-manager.js";
import { auditDrawAbi } from "../schema/abi/audit-draw.js";
import { marketplaceAbi } from "../schema/abi/marketplace.js";
import { paymentTokenAbi } from "../schema/abi/payment-token.js";
import { AppError } from "../schema/errors.js";
import type { GalenClient } from "./client.js";
import { chain as chainQuery, type ChainInfo } from "./operations/market.js";

/** The chain as the API names it, ready for a signer's transactions. */
export interface Contracts {
  info: ChainInfo;
  provider: JsonRpcProvider;
  marketplace: Contract;
  token: Contract;
  accessManager: Contract;
  /** Assigns auditors by lot; null where every auditor may vote. */
  auditDraw: Contract | null;
}

/** Asks the API where the contracts are and opens the RPC address that it names (or the given one). */
export async function openContracts(client: GalenClient, rpcUrl?: string): Promise<Contracts> {
  const { chain: info } = await client.request(chainQuery, {});
  const network = Network.from(info.chainId);
  const provider = new JsonRpcProvider(rpcUrl ?? info.rpcUrl, network, { staticNetwork: network, pollingInterval: 100, cacheTimeout: -1 });
  const address = (name: string): string => {
    const found = info.contracts.find((contract) => contract.name === name);
    if (!found) throw new AppError("CHAIN_MISMATCH", `The API names no contract ${name}.`);
    return found.address;
  };
  return {
    info,
    provider,
    marketplace: new Contract(address("Marketplace"), marketplaceAbi, provider),
    token: new Contract(info.token.address, paymentTokenAbi, provider),
    accessManager: new Contract(address("AccessManager"), accessManagerAbi, provider),
    auditDraw: info.contracts.some(({ name }) => name === "AuditDraw") ? new Contract(address("AuditDraw"), auditDrawAbi, provider) : null,
  };
}

/** A mined transaction. */
export interface Mined {
  hash: string;
  block: number;
  /** Seconds since 1970, by the block. */
  blockTime: number;
  /** What the contract's function gave back when it was tried before sending. */
  result: unknown;
}

/**
 * Tries a call, sends it at gas price 0 (the consortium's chain takes none) and waits for its block.
 * @throws AppError TX_REVERTED naming the contract's error, e.g. `ListingNotTradable(0x…)`.
 */
export async function send(contract: Contract, signer: Signer, method: string, args: readonly unknown[]): Promise<Mined> {
  const bound = contract.connect(signer.connect(contract.runner?.provider ?? null)) as Contract;
  try {
    const call = bound.getFunction(method);
    const result: unknown = await call.staticCall(...args);
    const gas = await call.estimateGas(...args);
    const response = (await call.send(...args, { type: 0, gasPrice: 0n, gasLimit: (gas * 3n) / 2n })) as ContractTransactionResponse;
    const receipt = await response.wait();
    if (!receipt) throw new AppError("TX_REVERTED", "The transaction was replaced.");
    const block = await receipt.getBlock();
    return { hash: receipt.hash, block: receipt.blockNumber, blockTime: block.timestamp, result };
  } catch (error) {
    throw asRevert(error);
  }
}

/** A call of the marketplace may be refused by another contract, such as the token by a buyer who has too little of it. */
const errors = new Interface([marketplaceAbi, paymentTokenAbi, accessManagerAbi, auditDrawAbi].flat().filter(({ type }) => type === "error"));

/** @returns TX_REVERTED with the error of the contract that refused, where it is one; what is no refusal as it is. */
export function asRevert(error: unknown): unknown {
  if (error instanceof AppError || !isCallException(error)) return error;
  const named = error.revert ?? (error.data ? errors.parseError(error.data) : null);
  const reason = named ? `${named.name}(${named.args.map(String).join(", ")})` : (error.reason ?? "no reason given");
  return new AppError("TX_REVERTED", `The contract refused: ${reason}`, { cause: error, details: { reason: named?.name ?? null } });
}
