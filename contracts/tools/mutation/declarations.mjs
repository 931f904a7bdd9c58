/** What expressions refer to: constants of our contracts, which become functions, and the members' types of structs. */
export class Declarations {
  /** @type {Map<number, {name: string, type: string}>} constants by declaration */
  constants = new Map();
  /** @type {Map<number, Map<string, string>>} types of members, by struct */
  structs = new Map();

  /**
   * @param {Map<string, any>} asts - all files
   * @param {(path: string) => boolean} isMutated
   */
  constructor(asts, isMutated) {
    for (const [path, ast] of asts) this.#collect(ast, isMutated(path));
  }

  /** @param {any} node @param {boolean} mutated */
  #collect(node, mutated) {
    if (node === null || typeof node !== "object") return;
    if (node.nodeType === "VariableDeclaration" && mutated && node.constant && node.stateVariable && typeOf(node) !== null) {
      this.constants.set(node.id, { name: `m_${node.name}_${node.id}`, type: /** @type {string} */ (typeOf(node)) });
    }
    if (node.nodeType === "StructDefinition") {
      this.structs.set(node.id, new Map(node.members.map((/** @type {any} */ member) => [member.name, member.typeDescriptions.typeString])));
    }
    for (const child of Object.values(node)) this.#collect(child, mutated);
  }
}

/** @param {any} node @returns the type of a constant that we can change; null of others */
function typeOf(node) {
  const type = node.typeDescriptions.typeString;
  return /^uint\d+$|^bytes32$/.test(type) ? type : null;
}
