import type * as Ethers from "ethers";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** ethers, loaded when it is first needed: a backfill does without it, and loading it takes a good part of what starting takes. */
export const lazyEthers = (): typeof Ethers => require("ethers") as typeof Ethers;
