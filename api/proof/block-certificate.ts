import { toQuantity } from "ethers";
import { headerFields, type BlockHeader } from "../../schema/block-header.js";
import { AppError } from "../../schema/errors.js";
import type { ApiDeps } from "../deps.js";
import type { BlockCertificate } from "../types/proof.js";

/** A block's header, from the node. @returns null for a block that the chain does not have. @throws AppError CHAIN_UNAVAILABLE */
export async function blockCertificate({ provider }: Pick<ApiDeps, "provider">, block: { number: number } | { hash: string }): Promise<(BlockCertificate & { header: BlockHeader }) | null> {
  let found: Record<string, unknown> | null;
  try {
    found = (await ("number" in block ? provider.send("eth_getBlockByNumber", [toQuantity(block.number), false]) : provider.send("eth_getBlockByHash", [block.hash, false]))) as Record<string, unknown> | null;
  } catch (cause) {
    throw new AppError("CHAIN_UNAVAILABLE", "The chain cannot be asked for this block.", { cause });
  }
  if (!found) return null;
  const header = Object.fromEntries(["hash", ...headerFields].flatMap((name) => (typeof found[name] === "string" ? [[name, found[name]]] : []))) as unknown as BlockHeader;
  return { number: Number(header.number), hash: header.hash, time: new Date(Number(header.timestamp) * 1000), header };
}
