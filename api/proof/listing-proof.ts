import { toQuantity } from "ethers";
import { AppError } from "../../schema/errors.js";
import { listingStorageKey } from "../../schema/listing-storage.js";
import type { ApiDeps } from "../deps.js";
import type { ListingProofType } from "../types/proof.js";
import { blockCertificate } from "./block-certificate.js";

interface Answer {
  accountProof: string[];
  storageProof: { value: string; proof: string[] }[];
}

/** What the node can show of a listing at a block. @throws AppError CHAIN_UNAVAILABLE, also for a block whose state the node no longer keeps */
export async function listingProof(deps: Pick<ApiDeps, "provider" | "market" | "freshness">, listingId: string, at: number | null): Promise<ListingProofType> {
  const number = at ?? (await deps.freshness.now()).indexedBlock;
  const address = deps.market.deployment.marketplace;
  const storageKey = listingStorageKey(listingId);
  const block = await blockCertificate(deps, { number });
  if (!block) throw new AppError("CHAIN_UNAVAILABLE", `The node does not have block ${number}.`);
  let answer: Answer;
  try {
    answer = (await deps.provider.send("eth_getProof", [address, [storageKey], toQuantity(number)])) as Answer;
  } catch (cause) {
    throw new AppError("CHAIN_UNAVAILABLE", `The node cannot prove the state of block ${number}.`, { cause });
  }
  const [stored] = answer.storageProof;
  return { address, block, storageKey, word: stored?.value ?? "0x0", accountProof: answer.accountProof, storageProof: stored?.proof ?? [] };
}
