import { createReadStream, createWriteStream, readFileSync, statSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Option, type Command } from "commander";
import { nodeBackend } from "../../crypto/backend/node.js";
import { AppError } from "../../schema/errors.js";
import { consentSigner, leaveOutPatients, operations, packRecordSet, publish, ringProof, sealEvidence, sendEvidence, uploadFile, waitForListing, waitForUpload, withdraw } from "../../client/index.js";
import { commaList, nameList, parseMoney, positiveInteger } from "./arguments.js";
import { minedFields, minedLine } from "./mined.js";
import { recordSetFiles } from "./record-set-files.js";
import { sendSealed } from "./send-sealed.js";
import { ownUpload, waitUntilStored, type Sending } from "./sending.js";
import { userContext } from "./context.js";

type Upload = operations.Upload;

interface UploadOptions {
  region: number;
  legalBasis: string;
  legalWords?: string;
  evidence: string;
  x25519?: boolean;
  anonymous?: boolean;
  payee?: string;
  resume?: string;
  together?: boolean;
  clientSide?: boolean;
  threshold?: string;
  custodians?: string[];
  notes?: boolean;
  review?: boolean;
}

/** `galen provider …`: upload, publish, withdraw. */
export function addProviderCommands(program: Command): void {
  const provider = program.command("provider").description("upload records, set prices, be paid");

  provider
    .command("upload")
    .description("send files; each is checked, de-identified, priced, encrypted and stored")
    .argument("<files...>", "record files: FHIR JSON or NDJSON, HL7v2, CSV, DICOM, PNG, JPEG, TIFF, scanned PDF, text with --notes, or ZIP and TAR of them; a folder is sent as one record set")
    .option("--together", "send all files as one record set: the same patient is one person in all of them")
    .option("--region <code>", "ISO 3166-1 numeric code of the storage region", positiveInteger, 276)
    .addOption(new Option("--legal-basis <basis>", "why you may share these records").choices(["consent", "law", "ethics-approval"]).makeOptionMandatory())
    .option("--legal-words <text>", "the same in words")
    .requiredOption("--evidence <file>", "the document that shows it, PDF or text: kept encrypted, for auditors; its hash goes into the listing")
    .option("--x25519", "encrypt with the classic suite, for buyers with the stock age before 1.3")
    .option("--anonymous", "list it by a ring signature, without your name on the chain; needs --payee. With --client-side and a profile of \"account one-time\" the platform does not know you either")
    .option("--payee <address>", "who is paid: a one-time address of yours for an anonymous listing")
    .option("--client-side", "de-identify and encrypt here: the platform gets ciphertext, profile and report, and never the source")
    .option("--threshold <t-of-n>", "with --client-side: the key goes in n shares to custodians, any t of whom open the record, e.g. 2-of-3; off = the platform keeps it (default: the platform's custodians, where it has any)")
    .option("--custodians <names>", "which custodians, comma-separated", nameList)
    .option("--notes", "take free-text notes: rules find names, dates and numbers in them and put others there, but overlook some; without it notes are refused")
    .option("--review", "wait, once it is de-identified, until you have read the report and approve it (provider report, approve, discard)")
    .option("--resume <upload>", "go on with an upload that broke off (one file, or the same files together)")
    .action(async (files: string[], options: UploadOptions, command: Command) => {
      const context = userContext(command);
      if (!options.clientSide && (options.threshold ?? options.custodians) !== undefined) throw new AppError("BAD_INPUT", "--threshold and --custodians need --client-side: else the platform makes the key.");
      const client = await context.signedIn();
      const evidence = readFileSync(options.evidence);
      const sendBytes = (file: string, { uploadUrl }: Upload, stream: Readable, size: number): Promise<void> =>
        uploadFile(client, { uploadUrl, body: { stream, size }, onProgress: (sent, total) => context.print.note(`${file}: ${sent} of ${total} bytes`) });
      const send = async ({ file, size, open }: Sending): Promise<Upload & { file: string }> => {
        const upload = options.resume === undefined ? await create(size) : await ownUpload(client, options.resume);
        await sendBytes(file, upload, open(), size);
        return { ...(await waitUntilStored(context, client, upload.id, file, options.review === true ? ["CHECKED"] : [])), file };
      };
      const sealed = (sending: Sending) => sendSealed({ context, client, evidence, inputOf, sendBytes }, sending, options);
      if (context.profile.isOneTime() && !(options.anonymous && options.clientSide)) throw new AppError("BAD_INPUT", "A one-time account uploads with --client-side --anonymous.");
      const inputOf = (size: number, legalEvidenceHash: string): operations.UploadInput => {
        const legal = { legalBasis: options.legalBasis.toUpperCase().replace("-", "_") as operations.UploadInput["legalBasis"], legalEvidenceHash, ...(options.legalWords === undefined ? {} : { legalWords: options.legalWords }) };
        return { size: String(size), region: options.region, ...legal, ...(options.x25519 ? { suite: "X25519" } : {}), ...(options.anonymous ? { anonymous: true } : {}), ...(options.payee === undefined ? {} : { payee: options.payee }), ...(options.clientSide ? { mode: "CLIENT_SIDE" } : {}), ...(options.notes ? { notes: true } : {}), ...(options.review ? { review: true } : {}) };
      };
      const create = async (size: number): Promise<Upload> => {
        // Salted for each upload: two listings with the same document do not betray each other.
        const { sealed, hash } = sealEvidence(nodeBackend, evidence);
        const { createUpload: created } = await client.request(operations.createUpload, { input: inputOf(size, hash) });
        await sendEvidence(client, created.evidenceUrl, sealed);
        return created;
      };
      const single = (file: string): Sending => ({ file, size: statSync(file).size, open: () => createReadStream(file) });
      const packed = async (name: string, members: readonly string[]): Promise<Sending> => {
        if (members.length === 0) throw new AppError("BAD_INPUT", `${name} holds no file.`);
        const { size, open } = await packRecordSet(members.map((member) => () => createReadStream(member)));
        return { file: `${name} (${members.length} files)`, size, open: () => Readable.from(open(), { objectMode: false }) };
      };
      const sendings = options.together === true ? [await packed("together", (await Promise.all(files.map(recordSetFiles))).flat())]
        : await Promise.all(files.map(async (file) => (statSync(file).isDirectory() ? packed(file, await recordSetFiles(file)) : single(file))));
      if (options.resume !== undefined && sendings.length !== 1) throw new AppError("BAD_INPUT", "--resume takes exactly one file or record set.");
      const uploads = await Promise.all(sendings.map(options.clientSide === true ? sealed : send));
      context.print.table(uploads, ["file", "upload", "format", "predicted price (10 %, median, 90 %)"], uploads.map((each) => [each.file, each.id, each.format ?? "", price(each)]));
      if (options.review === true) context.print.note("They wait for you: read `galen provider report UPLOAD`, then `galen provider approve UPLOAD`, or `discard` it.");
    });

  provider
    .command("uploads")
    .description("your uploads, newest first, and how far each is")
    .action(async (_options: object, command: Command) => {
      const context = userContext(command);
      const client = await context.signedIn();
      const { myUploads } = await client.request(operations.myUploads, {});
      context.print.table(myUploads, ["upload", "status", "format", "listing", "error"], myUploads.map((each) => [each.id, each.status, each.format ?? "", each.listingId ?? "", each.error?.message ?? ""]));
    });

  provider
    .command("leave-out")
    .description("write a record file without the patients who withdrew from an upload of it, to upload it anew")
    .argument("<file>", "the record file, as it was uploaded")
    .requiredOption("--upload <upload>", "the upload that a patient withdrew from")
    .requiredOption("--receipts <file>", "your own list of who got which receipt: a line each, the receipt, a comma, the patient's id in the file")
    .requiredOption("--output <file>", "where the file without them goes")
    .action(async (file: string, options: { upload: string; receipts: string; output: string }, command: Command) => {
      const context = userContext(command);
      const client = await context.signedIn();
      const handedOut = readFileSync(options.receipts, "utf8").split(/\r?\n/).filter((line) => line !== "").map((line) => ({ receipt: line.slice(0, line.indexOf(",")), patient: line.slice(line.indexOf(",") + 1).trim() }));
      const { output, patients, removed } = await leaveOutPatients(client, () => createReadStream(file), { uploadId: options.upload, handedOut });
      await pipeline(Readable.from(output, { objectMode: false }), createWriteStream(options.output, { mode: 0o600 }));
      context.print.result({ file: options.output, patients, removed: removed() }, `${patients} patients left out, with ${removed()} records, messages or rows: ${options.output}`);
    });

  provider
    .command("quota")
    .description("what you may still upload: bytes and files in 24 hours, and files at once")
    .action(async (_options: object, command: Command) => {
      const context = userContext(command);
      const client = await context.signedIn();
      const { uploadQuota: quota } = await client.request(operations.uploadQuota, {});
      const line = (what: string, left: string | number | null, limit: string | number | null): string => (limit === null ? `${what}: no limit` : `${what}: ${left} of ${limit} left`);
      context.print.result(quota, [line("bytes in 24 hours", quota.bytesLeft, quota.bytesPerDay), line("uploads in 24 hours", quota.uploadsLeft, quota.uploadsPerDay), line("uploads at once", quota.atOnceLeft, quota.atOnce)]);
    });

  provider
    .command("publish")
    .description("sign the consent and list an upload; it can be bought once the auditors approve")
    .argument("<upload>", "its id")
    .option("--price <amount>", "in whole tokens; the predicted median if not given", parseMoney)
    .option("--purposes <purposes>", "GA4GH DUO purposes that you consent to, with commas", commaList, ["GENERAL_RESEARCH", "HEALTH_MEDICAL_BIOMEDICAL"])
    .action(async (uploadId: string, options: { price?: bigint; purposes: string[] }, command: Command) => {
      const context = userContext(command);
      const client = await context.signedIn();
      const { upload } = await client.request(operations.upload, { id: uploadId });
      if (!upload?.prediction) throw new AppError("NOT_FOUND", "No such upload of yours, or it is not priced yet.");
      const { contentHash } = upload;
      const { contracts } = await context.chain();
      const sign = upload.anonymous && contentHash !== null ? (consent: unknown) => ringProof(contracts, context.profile.ringSecret(), { consent, contentHash }) : consentSigner(context.wallet());
      await publish(client, sign, { uploadId, price: options.price ?? BigInt(upload.prediction.p50.amount), purposes: options.purposes });
      const { listingId } = await waitForUpload(client, uploadId, ["SUBMITTED"]);
      if (listingId === null) throw new AppError("INTERNAL", "The upload was submitted without a listing id.");
      const listing = await waitForListing(client, listingId);
      context.print.result(
        { listingId, uploadId, status: listing.status, tradable: listing.tradable, price: listing.price, tx: listing.transactionHash, block: listing.listedBlock, blockTime: listing.blockTime },
        [`listed ${listingId}`, `price ${listing.price.decimal} ${listing.price.currency}, ${listing.tradable ? "tradable" : "not tradable until the auditors approve"}`, `block ${listing.listedBlock} (${listing.blockTime}), transaction ${listing.transactionHash}`],
      );
    });

  provider
    .command("withdraw")
    .description("take your credit out of the market")
    .action(async (_options: object, command: Command) => {
      const context = userContext(command);
      const { contracts, wallet } = await context.chain();
      const mined = await withdraw(contracts, wallet);
      context.print.result({ amount: String(mined.result), ...minedFields(mined) }, `withdrawn in ${minedLine(mined)}`);
    });
}

function price({ prediction }: Upload): string {
  return prediction ? `${prediction.p10.decimal} / ${prediction.p50.decimal} / ${prediction.p90.decimal} ${prediction.p50.currency}` : "";
}
