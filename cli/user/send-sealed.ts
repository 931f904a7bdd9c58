import type { Readable } from "node:stream";
import { nodeBackend } from "../../crypto/backend/node.js";
import { consentSigner, operations, prepareRecord, ringUploadProof, sealEvidence, sendEvidence, sendStatement, type GalenClient } from "../../client/index.js";
import { AppError } from "../../schema/errors.js";
import { chooseCustody } from "./choose-custody.js";
import type { UserContext } from "./context.js";
import { keepShares } from "./kept-shares.js";
import { sealedFolder, type SealedFolder } from "./sealed-folder.js";
import { ownUpload, waitUntilStored, type Sending } from "./sending.js";

interface SealedOptions {
  /** Free-text notes are taken. */
  notes?: boolean;
  resume?: string;
  x25519?: boolean;
  payee?: string;
  /** "2-of-3", or "off" for the platform's custody. */
  threshold?: string;
  /** Names of the custodians; the platform's first ones unless given. */
  custodians?: string[];
}

interface SealedUpload {
  context: UserContext;
  client: GalenClient;
  /** The document that shows the legal basis. */
  evidence: Uint8Array;
  inputOf: (size: number, legalEvidenceHash: string) => operations.UploadInput;
  sendBytes: (file: string, upload: operations.Upload, stream: Readable, size: number) => Promise<void>;
}

/**
 * De-identifies and encrypts a record here, and sends ciphertext and statement; what it sends is kept in the profile until it is stored, so that an upload that
 * broke off goes on. @throws AppError of prepareRecord, of the API, and NOT_FOUND where nothing is kept of the upload
 */
export async function sendSealed(to: SealedUpload, { file, open }: Sending, options: SealedOptions): Promise<operations.Upload & { file: string; deidentifiedSha256: string }> {
  const { context, client, sendBytes } = to;
  const folder = sealedFolder(context.profile.folder, options.resume);
  if (folder === null) throw new AppError("NOT_FOUND", "Nothing is kept here of this upload: begin a new one.");
  const upload = options.resume === undefined ? await seal(to, folder, { file, open }, options) : await ownUpload(client, options.resume);
  const { prepared, evidence } = folder.read();
  if (upload.status === "CREATED") {
    await sendEvidence(client, upload.evidenceUrl, evidence);
    await sendStatement(client, consentSigner(context.wallet()), upload.id, prepared);
    await sendBytes(file, upload, folder.store.open(), prepared.storedSize);
  }
  const stored = await waitUntilStored(context, client, upload.id, file);
  if (prepared.deposits) keepShares(context.profile.folder, upload.id, prepared.keyHeader);
  folder.remove();
  return { ...stored, file, deidentifiedSha256: prepared.deidentifiedSha256 };
}

async function seal({ context, client, evidence, inputOf }: SealedUpload, folder: SealedFolder, { file, open }: Pick<Sending, "file" | "open">, options: SealedOptions): Promise<operations.Upload> {
  try {
    const custody = await chooseCustody(client, options, options.payee ?? context.wallet().address);
    const prepared = await prepareRecord(nodeBackend, open, { store: folder.store, custody, secret: context.profile.recordSecret(), ...(options.x25519 ? { suite: "age-v1/x25519" } : {}), ...(options.notes ? { notes: true } : {}) });
    context.print.note(`${file}: ${"recipient" in custody ? "the platform keeps its key" : `its key is in ${custody.custodians.length} shares, with ${custody.custodians.map(({ name }) => name).join(", ")}; any ${custody.threshold} open it`}`);
    const { risk, warnings } = prepared.statement.report;
    for (const line of [`de-identified here. ${risk.explanation}`, ...warnings]) context.print.note(`${file}: ${line}`);
    const { sealed, hash } = sealEvidence(nodeBackend, evidence);
    folder.keep(prepared, sealed);
    await context.signInAgain(); // all this may have outlasted the session
    const created = await create(context, client, inputOf(prepared.storedSize, hash));
    folder.name(created.id);
    return created;
  } catch (error) {
    folder.remove();
    throw error;
  }
}

/** Slots of a ring that a one-time account tries: it does not know which ones the same member used before. */
const mostSlots = 20;

async function create(context: UserContext, client: GalenClient, input: operations.UploadInput): Promise<operations.Upload> {
  const { profile } = context;
  if (!profile.isOneTime()) return (await client.request(operations.createUpload, { input })).createUpload;
  const { contracts } = await context.chain();
  for (let slots = 1; ; slots++) {
    const ringProof = await ringUploadProof(contracts, profile.ringSecret(), { account: context.wallet().address });
    try {
      return (await client.request(operations.createAnonymousUpload, { input, ringProof })).createAnonymousUpload;
    } catch (error) {
      if (!(error instanceof AppError && error.code === "CONFLICT") || slots === mostSlots) throw error;
    }
  }
}
