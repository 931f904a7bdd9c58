import type { Contract, EventLog } from "ethers";
import { accessGenesis, accessRecordHash } from "../../crypto/access-chain.js";
import type { Backend } from "../../crypto/backend/backend.js";
import { verifyBatchProof } from "../../crypto/merkle/batch.js";
import { AppError } from "../../schema/errors.js";
import type { AccessRecord } from "../operations/market.js";

export interface VerifiedAccesses {
  records: number;
  /** Records whose batch's root the contract has. */
  anchored: number;
  /** Records that the chain tells one by one. */
  told: number;
  /** Number of the last access that the contract was told of. */
  lastTold: bigint;
  /** Of a whole log: numbers told on the chain that no record was shown for. */
  unexplained: bigint[];
}

/** Numbers asked for with one eth_getLogs. */
const numbersAtOnce = 200;

/**
 * Checks records of the access log: each against its own hash, by its path against the batch's root, and root and hash against the contract. What is not anchored or told yet is
 * no fault, and counted.
 * @param marketplace - the contract, on a node that the verifier takes the chain's word from.
 * @param whole - these are all records of the log: then every number told must be one of them.
 * @throws AppError PROOF_INVALID
 */
export async function verifyAccesses(backend: Backend, records: readonly AccessRecord[], marketplace: Contract, { whole }: { whole: boolean }): Promise<VerifiedAccesses> {
  const lastTold = (await marketplace.getFunction("accessesTold")()) as bigint;
  records.forEach((record, index) => {
    requireOwnHash(backend, record);
    const before = records[index - 1];
    const follows = BigInt(record.seq) === BigInt(before?.seq ?? 0) + 1n;
    if (follows && record.previousHash !== (before?.hash ?? accessGenesis)) throw invalid(`record ${record.seq} does not follow on the one before`);
    if (whole && !follows) throw invalid(`there is no record ${BigInt(before?.seq ?? 0) + 1n}`);
  });

  const roots = new Set<string>();
  const batched = records.filter(({ batch }) => batch !== null);
  for (const { seq, hash, batch, proof } of batched) {
    if (!batch || !proof || !verifyBatchProof(backend, batch.root, hash, proof)) throw invalid(`record ${seq} is not under the root of its batch`);
    roots.add(batch.root);
  }
  const anchored = new Set<string>();
  for (const root of roots) if (((await marketplace.getFunction("anchorIndexOf")(root)) as bigint) > 0n) anchored.add(root);
  for (const { seq, batch } of batched) if (batch?.transactionHash && !anchored.has(batch.root)) throw invalid(`the root of record ${seq} is not on the chain`);

  const told = records.filter((record) => record.told !== null);
  const numbers = whole ? Array.from({ length: Number(lastTold) }, (_unused, index) => BigInt(index + 1)) : told.map((record) => BigInt(record.told?.number ?? 0));
  const onChain = await toldHashes(marketplace, numbers);
  told.forEach((record, index) => {
    const number = BigInt(record.told?.number ?? 0);
    if (number > lastTold || onChain.get(number) !== record.hash) throw invalid(`the chain tells another access by the number of record ${record.seq}`);
    const before = told[index - 1];
    // The log and the chain count on together.
    if (before && number - BigInt(before.told?.number ?? 0) !== BigInt(record.seq) - BigInt(before.seq)) throw invalid(`an access was left out before record ${record.seq}`);
  });
  const shown = new Set(records.map(({ hash }) => hash));
  const unexplained = whole ? numbers.filter((number) => !shown.has(onChain.get(number) ?? "")) : [];
  return { records: records.length, anchored: batched.filter(({ batch }) => batch && anchored.has(batch.root)).length, told: told.length, lastTold, unexplained };
}

function requireOwnHash(backend: Backend, { seq, at, account, action, outcome, grantId, listingId, orderId, firstByte, lastByte, salt, previousHash, hash }: AccessRecord): void {
  const entry = { seq, at, account, action, outcome, grantId, listingId, orderId, firstByte, lastByte, salt };
  if (accessRecordHash(backend, previousHash, entry) !== hash) throw invalid(`record ${seq} has another hash than its own`);
}

async function toldHashes(marketplace: Contract, numbers: readonly bigint[]): Promise<Map<bigint, string>> {
  const found = new Map<bigint, string>();
  for (let from = 0; from < numbers.length; from += numbersAtOnce) {
    const filter = marketplace.getEvent("AccessTold")(numbers.slice(from, from + numbersAtOnce));
    for (const log of (await marketplace.queryFilter(filter, 0)) as EventLog[]) found.set(log.args[0] as bigint, log.args[1] as string);
  }
  return found;
}

const invalid = (what: string): AppError => new AppError("PROOF_INVALID", `The access log does not hold: ${what}.`);
