import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";

const solc = createRequire(import.meta.url)("solc");
// soljson installs handlers that turn an error into a hang.
process.removeAllListeners("uncaughtException");
process.removeAllListeners("unhandledRejection");

/**
 * Reads and type-checks Solidity.
 * @param {string} root - package root, which `node_modules` is in
 * @param {Map<string, string>} sources - path from the root → text
 * @returns {{asts: Map<string, any>, errors: {file: string, start: number, end: number, message: string}[]}} offsets are of bytes
 */
export function parse(root, sources) {
  const input = {
    language: "Solidity",
    sources: Object.fromEntries([...sources].map(([path, content]) => [path, { content }])),
    settings: { evmVersion: "cancun", remappings: ["@openzeppelin/=node_modules/@openzeppelin/"], outputSelection: { "*": { "": ["ast"] } } },
  };
  const callback = (/** @type {string} */ path) => ({ contents: readFileSync(`${root}${path}`, "utf8") });
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: callback }));
  const errors = (output.errors ?? [])
    .filter((/** @type {any} */ { severity }) => severity === "error")
    .map((/** @type {any} */ { sourceLocation: at, formattedMessage }) => ({ file: at?.file, start: at?.start, end: at?.end, message: formattedMessage }));
  return { asts: new Map(Object.entries(output.sources ?? {}).map(([path, { ast }]) => [path, ast])), errors };
}

/**
 * @param {string} folder
 * @returns {string[]} the Solidity files below it, by name
 */
export function solidityFiles(folder) {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(".sol"))
    .sort();
}
