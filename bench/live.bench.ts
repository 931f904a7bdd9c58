/**
 * `npm run bench -- live [--json] [--seconds 10] [--only fan-out,memory,whole] [--loads 1,2,3] [--scale 1]`: messages from their commit to thousands of subscribers, ours against stock graphql-ws
 * on the same schema in the same process's place; memory of connections; and from a mined block to the frame.
 */
import { withApi } from "../test/support/with-api.js";
import { measureFanOut } from "./live/fan-out.js";
import { measureMemory } from "./live/memory.js";
import { measureWhole } from "./live/whole.js";
import { runBench } from "./report.js";

const argument = (name: string): string | undefined => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
};
const seconds = Number(argument("seconds") ?? 10);
const scale = Number(argument("scale") ?? 1);
const loads = argument("loads")?.split(",").map(Number);
const only = argument("only")?.split(",");
const wanted = (part: string): boolean => only === undefined || only.includes(part);

await runBench("live", async (add) => {
  const stack = await withApi();
  try {
    if (wanted("fan-out")) await measureFanOut(stack, { seconds, scale, loads }, add);
    if (wanted("memory")) await measureMemory(stack, { scale }, add);
    if (wanted("whole")) await measureWhole(stack, { seconds }, add);
  } finally {
    await stack.stop();
  }
});
