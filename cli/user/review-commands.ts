import type { Command } from "commander";
import { operations } from "../../client/index.js";
import type { DeidentificationReport } from "../../records/index.js";
import { AppError } from "../../schema/errors.js";
import { ownUpload, waitUntilStored } from "./sending.js";
import { userContext } from "./context.js";

/** Beside the other commands of a provider: `report`, `approve` and `discard` of an upload. */
export function addReviewCommands(program: Command): void {
  const provider = program.commands.find((command) => command.name() === "provider");

  provider
    ?.command("report")
    .description("what the de-identification of an upload found, removed and kept, by rule and count, and how great the risk is that is left")
    .argument("<upload>", "its id")
    .action(async (uploadId: string, _options: object, command: Command) => {
      const context = userContext(command);
      const { report: told, deidentifiedSha256, status } = await ownUpload(await context.signedIn(), uploadId);
      // The platform's own, or the statement that the provider has signed.
      const report = told as DeidentificationReport | null;
      if (report === null) throw new AppError("CONFLICT", `The upload is ${status}: it is not de-identified yet.`);
      context.print.table({ report, deidentifiedSha256 }, ["rule", "where", "what was done", "count"], report.rules.map(({ rule, where, action, count }) => [rule, where, action, count]));
      context.print.note([`${report.records} records of ${report.patients} patients, ${report.format}`, report.risk.explanation, ...report.warnings].join("\n"));
    });

  provider
    ?.command("approve")
    .description("let an upload with --review go on: its report is as you want it")
    .argument("<upload>", "its id")
    .action(async (uploadId: string, _options: object, command: Command) => {
      const context = userContext(command);
      const client = await context.signedIn();
      const { deidentifiedSha256: sha256, status } = await ownUpload(client, uploadId);
      if (sha256 === null) throw new AppError("CONFLICT", `The upload is ${status}: there is nothing to approve.`);
      await client.request(operations.approveDeidentification, { id: uploadId, sha256 });
      const upload = await waitUntilStored(context, client, uploadId, uploadId);
      context.print.result(upload, `approved; the upload is ${upload.status}`);
    });

  provider
    ?.command("discard")
    .description("take back an upload that is not listed: what the platform holds of it is deleted")
    .argument("<upload>", "its id")
    .action(async (uploadId: string, _options: object, command: Command) => {
      const context = userContext(command);
      const { withdrawUpload: upload } = await (await context.signedIn()).request(operations.withdrawUpload, { id: uploadId });
      context.print.result(upload, `the upload is ${upload.status}`);
    });
}
