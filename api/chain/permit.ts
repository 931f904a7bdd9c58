import type { Market } from "./market.js";
import { typedData, type TypedData } from "./typed-data.js";

/**
 * An EIP-2612 permit for the marketplace.
 * @param value - in the token's smallest unit.
 * @param deadline - Unix seconds.
 */
export async function permitTypedData({ token, deployment }: Market, owner: string, value: bigint, deadline: bigint): Promise<TypedData> {
  const [domain, nonce] = await Promise.all([token.getFunction("eip712Domain")() as Promise<{ name: string; version: string }>, token.getFunction("nonces")(owner) as Promise<bigint>]);
  return typedData(
    "Permit",
    [
      { name: "owner", type: "address" },
      { name: "spender", type: "address" },
      { name: "value", type: "uint256" },
      { name: "nonce", type: "uint256" },
      { name: "deadline", type: "uint256" },
    ],
    { name: domain.name, version: domain.version, chainId: deployment.chainId, verifyingContract: deployment.token },
    { owner, spender: deployment.marketplace, value: value.toString(), nonce: nonce.toString(), deadline: deadline.toString() },
  );
}
