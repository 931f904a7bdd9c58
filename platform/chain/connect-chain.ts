import { type JsonRpcPayload, JsonRpcProvider, type JsonRpcResult, Network } from "ethers";
import { AppError } from "../../schema/errors.js";
import { retryUntil } from "../retry.js";
import type { Deployment } from "./deployment.js";

/** Throws CHAIN_UNAVAILABLE for whatever a node does not answer; what it refuses stays ethers' own error. */
class ChainProvider extends JsonRpcProvider {
  override async _send(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<JsonRpcResult[]> {
    try {
      return await super._send(payload);
    } catch (cause) {
      throw new AppError("CHAIN_UNAVAILABLE", `Cannot reach the chain's RPC node at ${new URL(this._getConnection().url).host}.`, { cause });
    }
  }
}

/**
 * @returns a provider that has been seen to serve the deployment's chain, with our contract on it. From then on, too, it throws CHAIN_UNAVAILABLE where the node does not answer.
 * @throws AppError CHAIN_UNAVAILABLE in time-out; CHAIN_MISMATCH if it is another chain or the contract is not there.
 */
export async function connectChain(options: { rpcUrl: string; deployment: Deployment; pollIntervalMs?: number; connectTimeoutMs?: number }): Promise<JsonRpcProvider> {
  const { deployment } = options;
  const network = Network.from(deployment.chainId);
  const provider = new ChainProvider(options.rpcUrl, network, { staticNetwork: network, pollingInterval: options.pollIntervalMs ?? 250, cacheTimeout: -1 });
  const check = async (): Promise<void> => {
    const chainId = BigInt((await provider.send("eth_chainId", [])) as string);
    if (chainId !== BigInt(deployment.chainId)) throw new AppError("CHAIN_MISMATCH", `The RPC node serves chain ${chainId}, the deployment is on ${deployment.chainId}.`);
    if ((await provider.getCode(deployment.marketplace)) === "0x") throw new AppError("CHAIN_MISMATCH", `No contract at ${deployment.marketplace} on chain ${deployment.chainId}.`);
  };
  try {
    await retryUntil(check, { timeoutMs: options.connectTimeoutMs ?? 30_000, retryable: (error) => error instanceof AppError && error.retryable });
  } catch (error) {
    provider.destroy();
    throw error;
  }
  return provider;
}
