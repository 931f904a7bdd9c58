/**
 * What the changed contracts call: each function does what the code did, or with its mutant's number chosen, the other thing. The
 * functions come in one file, generated for the types that occur.
 */
const alternatives = /** @type {const} */ ({
  "<": ["a <= b", "a >= b"],
  "<=": ["a < b", "a > b"],
  ">": ["a >= b", "a <= b"],
  ">=": ["a > b", "a < b"],
  "==": ["a != b"],
  "!=": ["a == b"],
  "+": ["a - b"],
  "-": ["a + b"],
  "*": ["a / b"],
  "/": ["a * b"],
  "%": ["a / b"],
  "&": ["a | b"],
  "|": ["a & b"],
  "^": ["a & b"],
  "<<": ["a >> b"],
  ">>": ["a << b"],
});

const words = { "<": "lt", "<=": "le", ">": "gt", ">=": "ge", "==": "eq", "!=": "ne", "+": "add", "-": "sub", "*": "mul", "/": "div", "%": "mod", "&": "and", "|": "or", "^": "xor", "<<": "shl", ">>": "shr" };

/** @typedef {keyof typeof alternatives} Operator */

/** @param {string} operator @returns {operator is Operator} */
export const isBinary = (operator) => operator in alternatives;

/** @param {Operator} operator */
export const changesOf = (operator) => alternatives[operator].map((change) => `${operator} → ${change.split(" ")[1]}`);

/** @param {Operator} operator */
export function kindOf(operator) {
  if (["<", "<=", ">", ">=", "==", "!="].includes(operator)) return "comparison";
  return ["&", "|", "^", "<<", ">>"].includes(operator) ? "bits" : "arithmetic";
}

export class Helpers {
  /** @type {Map<string, string>} */
  #functions = new Map();

  /**
   * @param {Operator} operator
   * @param {string} type - of both operands
   * @param {boolean} unchecked - whether the code stands in an unchecked block
   */
  binary(operator, type, unchecked) {
    const comparison = kindOf(operator) === "comparison";
    const name = `m_${words[operator]}_${type}${unchecked ? "_unchecked" : ""}`;
    const right = operator === "<<" || operator === ">>" ? "uint256" : type;
    const lines = alternatives[operator].map((change, index) => `if (selected(id + ${index})) return ${change};`);
    const body = `${lines.join(" ")} return a ${operator} b;`;
    return this.#add(name, `uint256 id, ${type} a, ${right} b`, comparison ? "bool" : type, unchecked ? `unchecked { ${body} }` : body);
  }

  /** One more, or (second, unless it is zero) one less. @param {string} type @param {boolean} zero */
  number(type, zero) {
    const less = zero ? "" : "if (selected(id + 1)) return a - 1;";
    const body = `unchecked { if (selected(id)) return a + 1; ${less} return a; }`;
    return this.#add(`m_${zero ? "zero" : "number"}_${type}`, `uint256 id, ${type} a`, type, body);
  }

  /** Another value of a constant that is no number. */
  hash() {
    return this.#add("m_hash", "uint256 id, bytes32 a", "bytes32", "return selected(id) ? a ^ bytes32(uint256(1)) : a;");
  }

  /** @param {string} type */
  complement(type) {
    return this.#add(`m_complement_${type}`, `uint256 id, ${type} a`, type, "return selected(id) ? a : ~a;");
  }

  /** @param {"negated" | "false" | "true"} to */
  condition(to) {
    const value = { negated: "selected(id) != a", false: "!selected(id) && a", true: "selected(id) || a" }[to];
    return this.#add(`m_${to}`, "uint256 id, bool a", "bool", `return ${value};`);
  }

  /** @param {string} name @param {string} parameters @param {string} result @param {string} body */
  #add(name, parameters, result, body) {
    this.#functions.set(name, `function ${name}(${parameters}) view returns (${result}) { ${body} }`);
    return name;
  }

  /** @returns the file that every changed contract imports */
  source() {
    const selected = "function selected(uint256 id) view returns (bool) { return block.prevrandao == id; }";
    return ["// SPDX-License-Identifier: Apache-2.0", "pragma solidity ^0.8.28;", selected, ...this.#functions.values(), ""].join("\n");
  }
}
