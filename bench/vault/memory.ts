import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { nodeBackend } from "../../crypto/backend/node.js";
import { newFileKey } from "../../crypto/envelope/encrypt-stream.js";
import { createSealPool } from "../../crypto/envelope/pool-node.js";

// A process of its own: streams one file through the pool into another and says how much memory it took at most (MiB).
const [input = "", output = ""] = process.argv.slice(2);
const pool = createSealPool(2);
const file = await open(output, "w");
const { stored, commitments } = pool.encryptStream(createReadStream(input, { highWaterMark: 1 << 18 }), { fileKey: newFileKey(nodeBackend) });
for await (const part of stored) await file.writeFile(part);
await commitments;
await file.close();
await pool.close();
process.send?.(Math.round(process.resourceUsage().maxRSS / 1024));
process.disconnect?.();
