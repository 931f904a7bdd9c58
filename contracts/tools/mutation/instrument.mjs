import { readFileSync } from "node:fs";
import { Declarations } from "./declarations.mjs";
import { Helpers } from "./helpers.mjs";
import { parse, solidityFiles } from "./parse.mjs";
import { Sites } from "./sites.mjs";
import { Writer } from "./writer.mjs";

const folder = "contracts/src/";

/**
 * Writes the contracts with all their mutants in them, each chosen by `block.prevrandao` (which nothing of ours reads).
 * @param {string} root - package root
 * @returns {{sources: Map<string, string>, mutants: import("./sites.mjs").Mutant[], stillborn: string[]}} sources as latin1, by
 * path; ids of mutants that the compiler refuses
 */
export function instrument(root) {
  const paths = solidityFiles(`${root}${folder}`).map((name) => folder + name);
  const originals = new Map(paths.map((path) => [path, readFileSync(`${root}${path}`, "latin1")]));
  const { asts, errors } = parse(root, utf8(originals));
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join("\n"));
  const declarations = new Declarations(asts, isMutated);

  /** @type {Set<string>} */
  const stillborn = new Set();
  for (;;) {
    const { sources, mutants } = write(originals, asts, declarations, stillborn);
    const refused = parse(root, utf8(sources)).errors;
    if (refused.length === 0) return { sources, mutants, stillborn: [...stillborn] };
    for (const error of refused) {
      const culprits = mutantsAt(sources.get(error.file) ?? "", error, mutants);
      if (culprits.length === 0) throw new Error(`No mutant is to blame for this:\n${error.message}`);
      for (const { id } of culprits) stillborn.add(id);
    }
  }
}

/** @param {string} path */
function isMutated(path) {
  return path.startsWith(folder) && !path.startsWith(`${folder}interfaces/`) && path !== `${folder}Dependencies.sol`;
}

/**
 * @param {Map<string, string>} originals
 * @param {Map<string, any>} asts
 * @param {Declarations} declarations
 * @param {ReadonlySet<string>} excluded
 */
function write(originals, asts, declarations, excluded) {
  const sites = new Sites(excluded);
  const helpers = new Helpers();
  /** @type {Map<string, string>} */
  const sources = new Map();
  for (const [path, source] of originals) {
    let text = source;
    if (isMutated(path)) {
      const name = path.slice(folder.length);
      text = new Writer(name, source, sites, helpers, declarations).text(asts.get(path));
      text = text.replace(/^pragma .*$/m, (pragma) => `${pragma}\nimport "${name.includes("/") ? "." : "./libraries"}/Mutation.sol";`);
    }
    sources.set(path, readable(text));
  }
  sources.set(`${folder}libraries/Mutation.sol`, helpers.source());
  return { sources, mutants: sites.mutants };
}

/** What looks at the block is not pure. @param {string} source */
export function readable(source) {
  return source.replace(/\bpure\b/g, "view");
}

/** @param {Map<string, string>} sources - latin1 */
function utf8(sources) {
  return new Map([...sources].map(([path, text]) => [path, Buffer.from(text, "latin1").toString()]));
}

/** @param {string} source @param {{start: number, end: number}} error @param {import("./sites.mjs").Mutant[]} mutants */
function mutantsAt(source, { start, end }, mutants) {
  const numbers = [...source.slice(Math.max(0, start - 40), end).matchAll(/\b(?:m_\w+|y_\w+|selected)\((\d+)/g)].map((match) => Number(match[1]));
  return mutants.filter(({ number }) => numbers.includes(number));
}
