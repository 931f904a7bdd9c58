import { createReadStream } from "node:fs";
import type { RecordSource } from "./format.js";

/** @returns a source over a file, for Node. Read errors come out of the iteration. */
export const fileSource = (path: string): RecordSource => () => createReadStream(path, { highWaterMark: 2 ** 18 }) as AsyncIterable<Uint8Array>;
