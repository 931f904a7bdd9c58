import type { RecordSource, WithoutPatients } from "../records/index.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { AppError } from "../schema/errors.js";
import type { GalenClient } from "./client.js";
import { withdrawnReceipts } from "./operations/upload.js";

/**
 * A source file without the patients who withdrew, for its provider to upload anew. The platform knows withdrawn receipts alone, and nowhere is kept whose they
 * are: only who handed the receipts out can say.
 * @param handedOut - the provider's own list: which patient (as the file has the id) got which receipt.
 * @throws AppError NOT_FOUND, CONFLICT (nobody withdrew, or a receipt is not on the list), and those of withoutPatients
 */
export async function leaveOutPatients(client: GalenClient, source: RecordSource, { uploadId, handedOut }: { uploadId: string; handedOut: readonly { receipt: string; patient: string }[] }): Promise<WithoutPatients & { patients: number }> {
  const { upload } = await client.request(withdrawnReceipts, { id: uploadId });
  if (!upload) throw new AppError("NOT_FOUND", "No such upload of yours.");
  if (upload.withdrawnReceipts.length === 0) throw new AppError("CONFLICT", "Nobody withdrew from this set.");
  const patientOf = new Map(handedOut.map(({ receipt, patient }) => [bytesToHex(sha256(utf8ToBytes(receipt))), patient]));
  const patients = new Set(upload.withdrawnReceipts.map((hash) => patientOf.get(hash)));
  if (patients.has(undefined)) throw new AppError("CONFLICT", "A withdrawn receipt is not on the list: whose it is cannot be told.");
  const { withoutPatients } = await import("../records/index.js");
  return { ...(await withoutPatients(source, patients as Set<string>)), patients: patients.size };
}
