import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const wrapper = fileURLToPath(new URL("../../node_modules/@foundry-rs/forge/bin.mjs", import.meta.url));
const architecture = process.arch === "x64" ? "amd64" : process.arch;

/** The program itself: npm's wrapper of it ends with exit code 0 whatever happened. */
export const forgeBinary = createRequire(wrapper).resolve(`@foundry-rs/forge-${process.platform}-${architecture}/bin/forge`);
