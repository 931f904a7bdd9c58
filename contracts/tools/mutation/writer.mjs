import { solidityRules } from "./solidity.mjs";
import { yulRules } from "./yul.mjs";

const rules = { ...solidityRules, ...yulRules };

/**
 * Writes one source file again, with its mutants in it. Everything works on bytes (texts are read as latin1), as the compiler's
 * offsets do.
 */
export class Writer {
  /** Function or contract that is being written; part of a mutant's name. */
  scope = "";
  unchecked = false;
  /** While a constant's value is written: it is a mutant as a whole. */
  quiet = false;
  /** @type {Map<string, string>} place of an identifier in assembly → what stands there instead */
  yulNames = new Map();
  /** @type {Map<string, string>} */
  #yulFunctions = new Map();

  /**
   * @param {string} file - path below contracts/src
   * @param {string} source - latin1
   * @param {import("./sites.mjs").Sites} sites
   * @param {import("./helpers.mjs").Helpers} helpers
   * @param {import("./declarations.mjs").Declarations} declarations
   */
  constructor(file, source, sites, helpers, declarations) {
    this.file = file;
    this.source = source;
    this.sites = sites;
    this.helpers = helpers;
    this.declarations = declarations;
  }

  /** @param {any} node @returns {[number, number]} */
  range(node) {
    const [start = 0, length = 0] = node.src.split(":").map(Number);
    const end = start + length;
    const last = node.falseBody ?? node.trueBody ?? node.body;
    if (last && node.nodeType.endsWith("Statement")) return [start, Math.max(end, this.range(last)[1])];
    // The compiler leaves the semicolon out.
    const semicolon = ["ExpressionStatement", "EmitStatement"].includes(node.nodeType) || node.constant === true;
    return [start, semicolon && this.source[end] === ";" ? end + 1 : end];
  }

  /** @param {any} node */
  raw(node) {
    return this.source.slice(...this.range(node));
  }

  /** The node's text with mutants. @param {any} node @returns {string} */
  text(node) {
    const rule = rules[node.nodeType];
    return rule === undefined ? this.parts(node) : rule(node, this);
  }

  /** The node's own text, with mutants in its parts. @param {any} node @param {readonly string[]} without - keys to leave as they are */
  parts(node, without = []) {
    const [start, end] = this.range(node);
    let at = start;
    let text = "";
    for (const child of childrenOf(node, without)) {
      const [from, to] = this.range(child);
      if (from < at) continue;
      text += this.source.slice(at, from) + this.text(child);
      at = to;
    }
    return text + this.source.slice(at, end);
  }

  /** @param {any} node @param {string} operator @param {string[]} changes */
  site(node, operator, changes) {
    if (this.quiet) return null;
    const [start] = this.range(node);
    const line = this.source.slice(0, start).split("\n").length;
    return this.sites.open({ file: this.file, line, scope: this.scope, text: Buffer.from(this.raw(node), "latin1").toString() }, operator, changes);
  }

  /** Gives the block of assembly a function. @param {string} name @param {string} code */
  yulFunction(name, code) {
    this.#yulFunctions.set(name, code);
  }

  /** @returns the functions that the block of assembly asked for */
  takeYulFunctions() {
    const text = [...this.#yulFunctions.values()].join(" ");
    this.#yulFunctions.clear();
    return text;
  }
}

/** @param {any} node @param {readonly string[]} without */
function childrenOf(node, without) {
  /** @type {any[]} */
  const found = [];
  for (const [key, value] of Object.entries(node)) {
    if (without.includes(key) || key === "documentation" || key === "functionName" && node.nodeType === "YulFunctionCall") continue;
    for (const child of Array.isArray(value) ? value : [value]) if (child !== null && typeof child === "object" && "nodeType" in child) found.push(child);
  }
  return found.sort((a, b) => Number(a.src.split(":")[0]) - Number(b.src.split(":")[0]));
}
