import { askCustodian } from "./ask-custodian.js";
import type { Deposit } from "./share-file-key.js";

/**
 * Brings every custodian its share. Each opens it and holds it to its commitment before it answers; a share that is there already is taken again.
 * @param document - base64 of the shares document
 * @throws AppError CUSTODIAN_UNAVAILABLE, or what the custodian answered: all n must have theirs, or the record would begin with fewer than it says
 */
export async function depositShares(document: string, deposits: readonly Deposit[]): Promise<void> {
  await Promise.all(deposits.map(({ name, url, index, sealed }) => askCustodian({ name, url }, "/shares", { document, index, sealed })));
}
