import { writeFile } from "node:fs/promises";
import type { ModelCommand } from "../../ml-model/operate-models.js";

/**
 * Runs an operator's command on the price models and prints what came of it as JSON. The environment needs DATABASE_URL.
 * @param report - of `evaluate`: where the HTML page goes
 */
export async function model(command: ModelCommand, report?: string): Promise<void> {
  const { operateModels } = await import("../../ml-model/operate-models.js");
  const bar = process.stderr.isTTY;
  const answer = await operateModels(command, process.env, ({ member, members, epoch, epochs, pinball }) => {
    const done = (member * epochs + epoch) / (members * epochs);
    const line = `${"█".repeat(Math.round(done * 30)).padEnd(30, "░")} ${(done * 100).toFixed(0).padStart(3)} %  network ${member + 1} of ${members}, epoch ${epoch} of ${epochs}, pinball ${pinball.toFixed(4)}`;
    process.stderr.write(bar ? `\r${line}` : `${line}\n`);
  });
  if (bar && command.name === "train") process.stderr.write("\n");
  if (!("html" in answer)) {
    process.stdout.write(`${JSON.stringify(answer)}\n`);
    return;
  }
  const { html, ...figures } = answer;
  if (report !== undefined) await writeFile(report, html);
  process.stdout.write(`${JSON.stringify({ ...figures, ...(report === undefined ? {} : { report }) })}\n`);
}
