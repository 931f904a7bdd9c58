import type { Command } from "commander";
import { operations } from "../../client/index.js";
import { userContext } from "./context.js";

/** `galen jobs …`: the workers' queues, for an administrator of the market. */
export function addOperatorCommands(program: Command): void {
  const jobs = program.command("jobs").description("the workers' queues, and what they gave up (the operator's wallet)");

  jobs
    .command("list")
    .description("jobs that were given up, with their reasons, and what waits in each queue")
    .option("--all", "also jobs that were taken up again", false)
    .action(async (options: { all: boolean }, command: Command) => {
      const context = userContext(command);
      const client = await context.signedIn();
      const { jobs: found } = await client.request(operations.jobs, options);
      const rows = found.deadLetters.map((job) => [job.id, job.jobKey, job.failedAt, String(job.attempts), `${job.errorCode}: ${job.errorMessage}`]);
      if (context.print.json) return context.print.result(found, []);
      context.print.table(found.queues, ["queue", "waiting", "active", "delayed"], found.queues.map((queue) => [queue.name, String(queue.waiting), String(queue.active), String(queue.delayed)]));
      context.print.table(found.deadLetters, ["id", "job", "given up", "attempts", "reason"], rows);
    });

  jobs
    .command("retry")
    .description("take jobs up again that were given up")
    .argument("<ids...>", "their ids")
    .action(async (ids: string[], _options: object, command: Command) => {
      const context = userContext(command);
      const client = await context.signedIn();
      for (const id of ids) await client.request(operations.retryJob, { id });
      context.print.result({ retried: ids }, `taken up again: ${ids.join(", ")}`);
    });
}
