import { createReadStream, mkdirSync, writeFileSync } from "node:fs";
import type { Command } from "commander";
import { nodeBackend } from "../../crypto/backend/node.js";
import { attend, fetchEvidence, operations, recheckRecord, vote, waitForBlock, waitForGrant, watch, type ToldRecord } from "../../client/index.js";
import type { RecordCheck } from "../../records/index.js";
import { AppError } from "../../schema/errors.js";
import { join } from "node:path";
import { positiveInteger } from "./arguments.js";
import { minedFields, minedLine } from "./mined.js";
import { fetchOpenable } from "./fetch-openable.js";
import { openRecord, type OpenedRecord } from "./open-record.js";
import { userContext } from "./context.js";
import { fileCursor } from "./file-cursor.js";
import { fileSecrets } from "./file-secrets.js";

/** How long an inspected listing stays claimed, in seconds: the vote ends it. */
const inspectionSeconds = 1_800;

/** `galen audit …`: the live queue, inspection, votes. */
export function addAuditorCommands(program: Command): void {
  const audit = program.command("audit").description("watch the queue, inspect records, vote");

  audit
    .command("watch")
    .description("the live queue of listings that wait for a vote; survives disconnects")
    .option("--count <n>", "end after this many entries", positiveInteger)
    .option("--after <cursor>", "resume after the last entry you have seen")
    .option("--cursor-file <file>", "keep the place in this file, and go on from it")
    .action(async (options: { count?: number; after?: string; cursorFile?: string }, command: Command) => {
      const context = userContext(command);
      const client = await context.signedIn();
      const ended = new AbortController();
      process.once("SIGINT", () => ended.abort());
      let seen = 0;
      const changes = watch(client, operations.auditQueue, {
        variables: options.after === undefined ? {} : { after: options.after },
        cursorOf: (data) => data.auditQueue.cursor,
        ...(options.cursorFile === undefined ? {} : { cursorStore: fileCursor(options.cursorFile) }),
        signInAgain: () => context.signInAgain(),
        webSocket: context.webSocket,
        signal: ended.signal,
        onReconnect: () => context.print.note("connection lost; resuming"),
      });
      for await (const { auditQueue: change } of changes) {
        const { kind, cursor, listingId, listing, cause, retracts, claims } = change;
        context.print.result({ kind, cursor, listingId, cause, retracts, claims: claims.map(({ slot, auditor, expiresAt }) => ({ slot, auditor, expiresAt })), dataKind: listing?.dataKind, status: listing?.status, block: listing?.listedBlock }, `${kind.padEnd(8)} ${listingId} ${listing ? `${listing.dataKind} ${listing.status}` : "taken back by a re-org"}`);
        if (change.kind === "ADDED") seen += 1;
        if (options.count !== undefined && seen >= options.count) ended.abort();
      }
    });

  audit
    .command("attend")
    .description("take part in the rounds by which auditors are assigned by lot: commit to a secret, reveal it in time; go on after a restart")
    .option("--rounds <n>", "end after this many reveals", positiveInteger)
    .action(async (options: { rounds?: number }, command: Command) => {
      const context = userContext(command);
      const { contracts, wallet } = await context.chain();
      const ended = new AbortController();
      process.once("SIGINT", () => ended.abort());
      process.once("SIGTERM", () => ended.abort());
      const contract = await (contracts.auditDraw?.getAddress() ?? Promise.resolve("none"));
      const secrets = fileSecrets(join(context.profile.folder, "secrets", contract.toLowerCase()));
      for await (const { round, step, hash } of attend(contracts, wallet, { secrets, signal: ended.signal, ...(options.rounds === undefined ? {} : { rounds: options.rounds }) })) {
        context.print.result({ round: `${round}`, step, tx: hash }, `round ${round}: ${step === "COMMITTED" ? "committed" : "revealed"} (${hash})`);
      }
    });

  audit
    .command("claim")
    .description("take a listing to audit, or the most urgent one; claim again to keep it")
    .argument("[listing]", "its id")
    .option("--seconds <n>", "how long it holds", positiveInteger, 600)
    .action(async (listingId: string | undefined, options: { seconds: number }, command: Command) => {
      const context = userContext(command);
      const client = await context.signedIn();
      const { claimAudit: claimed } = await client.request(operations.claimAudit, { ...(listingId === undefined ? {} : { listingId }), seconds: options.seconds });
      context.print.result({ claim: claimed }, claimed ? `${claimed.listingId} slot ${claimed.slot} token ${claimed.token} until ${claimed.expiresAt}` : "nothing waits for you");
    });

  audit
    .command("release")
    .description("give a claimed listing back")
    .argument("<listing>", "its id")
    .requiredOption("--token <token>", "the claim's token")
    .action(async (listingId: string, options: { token: string }, command: Command) => {
      const context = userContext(command);
      const client = await context.signedIn();
      const { releaseClaim: claim } = await client.request(operations.releaseClaim, { listingId, token: options.token });
      context.print.result({ claim }, `${claim.listingId} slot ${claim.slot} is free again`);
    });

  audit
    .command("inspect")
    .description("claim a listing, get its record re-wrapped for your own key, decrypt it and check it against the chain, and against its provider's word where the platform never saw it (logged)")
    .argument("<listings...>", "their ids")
    .requiredOption("--output <folder>", "where the decrypted records go, one file a listing, named by its id")
    .action(async (listingIds: string[], options: { output: string }, command: Command) => {
      const context = userContext(command);
      const client = await context.signedIn();
      mkdirSync(options.output, { recursive: true, mode: 0o700 });
      const inspect = async (listingId: string): Promise<OpenedRecord & { listingId: string; grantId: string; rechecks: RecordCheck[] }> => {
        const { listing } = await client.request(operations.listing, { id: listingId });
        if (!listing) throw new AppError("NOT_FOUND", "No such listing.");
        const { claimAudit: claim } = listing.status === "PENDING" ? await client.request(operations.claimAudit, { listingId, seconds: inspectionSeconds }) : { claimAudit: null };
        const { requestAuditAccess: grant } = await client.request(operations.requestAuditAccess, { listingId, ...(claim ? { token: claim.token } : {}) });
        await waitForGrant(client, grant.id);
        const opened = await openRecord(await fetchOpenable(context, client, grant.id, { kind: "AUDIT", subject: listingId, listing }), { identity: context.profile.identity(), listing, output: join(options.output, listingId) });
        const { listing: told } = await client.request(operations.listingChecks, { id: listingId });
        const said = { report: told?.report, profile: (listing.metadata as { profile: unknown } | null)?.profile } as ToldRecord;
        const rechecks = told?.uploadMode === "CLIENT_SIDE" && listing.metadata !== null ? await recheckRecord(() => createReadStream(opened.file), said) : [];
        return { listingId, grantId: grant.id, ...opened, rechecks };
      };
      const inspected = await Promise.all(listingIds.map(inspect));
      context.print.result({ inspected }, inspected.flatMap((each) => [`${each.listingId}`, `  ${each.bytes} bytes to ${each.file}`, `  SHA-256 ${each.sha256}`, `  Merkle root ${each.plaintextRoot}: as on the chain`, ...each.rechecks.map(({ name, outcome }) => `  ${name}, the provider's word, looked at again here: ${outcome}`)]));
    });

  audit
    .command("checks")
    .description("what the checks of a listing's record set found, and whose word it is")
    .argument("<listing>", "its id")
    .action(async (listingId: string, _options: object, command: Command) => {
      const context = userContext(command);
      const client = await context.signedIn();
      const { listing } = await client.request(operations.listingChecks, { id: listingId });
      if (!listing?.checks) throw new AppError("NOT_FOUND", "No such listing, or its checks are not yours to see.");
      context.print.table(listing.checks, ["check", "outcome", "whose word", "stops uploads", "found"], listing.checks.map((each) => [each.name, each.outcome, each.attestedBy.toLowerCase(), each.blocking ? "yes" : "no", JSON.stringify(each.evidence)]));
    });

  audit
    .command("evidence")
    .description("fetch the documents that show the legal basis, and hold them to the hashes on the chain (logged); also for the listing's provider")
    .argument("<listings...>", "their ids")
    .requiredOption("--output <folder>", "where the documents go, one file a listing, named by its id")
    .option("--own", "you are the listings' provider: nothing is claimed")
    .action(async (listingIds: string[], options: { output: string; own?: boolean }, command: Command) => {
      const context = userContext(command);
      const client = await context.signedIn();
      mkdirSync(options.output, { recursive: true, mode: 0o700 });
      const fetched = await Promise.all(
        listingIds.map(async (listingId) => {
          const { listing } = await client.request(operations.listingEvidence, { id: listingId });
          if (!listing) throw new AppError("NOT_FOUND", "No such listing.");
          const { claimAudit: claim } = listing.status === "PENDING" && !options.own ? await client.request(operations.claimAudit, { listingId, seconds: inspectionSeconds }) : { claimAudit: null };
          const { legalEvidenceHash } = listing.terms;
          const { document, mediaType, grantId } = await fetchEvidence(client, nodeBackend, { listing: { id: listingId, legalEvidenceHash }, identities: [context.profile.identity()], ...(claim ? { token: claim.token } : {}) });
          const file = join(options.output, `${listingId}.${mediaType === "application/pdf" ? "pdf" : "txt"}`);
          writeFileSync(file, document, { mode: 0o600 });
          return { listingId, grantId, file, bytes: document.length, mediaType, basis: listing.legalEvidence?.basis ?? null, words: listing.legalEvidence?.words ?? "", legalEvidenceHash };
        }),
      );
      context.print.result({ fetched }, fetched.flatMap((each) => [each.listingId, `  ${each.basis ?? "basis unknown"}${each.words === "" ? "" : `: ${each.words}`}`, `  ${each.bytes} bytes to ${each.file}`, `  hash ${each.legalEvidenceHash}: as on the chain`]));
    });

  for (const { name, approve, description } of [
    { name: "approve", approve: true, description: "vote for listings" },
    { name: "reject", approve: false, description: "vote against listings" },
  ]) {
    audit
      .command(name)
      .description(description)
      .argument("<listings...>", "their ids")
      .option("--reason <code>", "reason code, see docs/market.md", Number, 0)
      .action(async (listingIds: string[], options: { reason: number }, command: Command) => {
        const context = userContext(command);
        const { contracts, wallet } = await context.chain();
        const votes: ({ listingId: string } & ReturnType<typeof minedFields>)[] = [];
        for (const listingId of listingIds) {
          const mined = await vote(contracts, wallet, { listingId, approve, reason: options.reason });
          votes.push({ listingId, ...minedFields(mined) });
          context.print.note(`${name} ${listingId}: ${minedLine(mined)}`);
        }
        await waitForBlock(context.client, Math.max(...votes.map(({ block }) => block)));
        context.print.result({ votes }, `${votes.length} votes`);
      });
  }
}
