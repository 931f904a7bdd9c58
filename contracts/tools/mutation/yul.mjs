/**
 * Mutates inline assembly, with functions of the block's own. Comparisons, arithmetic, bits, literals (so offsets, shifts, masks
 * and slots too), conditions and statements.
 */
const swaps = {
  lt: ["iszero(gt(a_, b_))", "iszero(lt(a_, b_))"],
  gt: ["iszero(lt(a_, b_))", "iszero(gt(a_, b_))"],
  slt: ["iszero(sgt(a_, b_))", "iszero(slt(a_, b_))"],
  sgt: ["iszero(slt(a_, b_))", "iszero(sgt(a_, b_))"],
  eq: ["iszero(eq(a_, b_))"],
  add: ["sub(a_, b_)"],
  sub: ["add(a_, b_)"],
  mul: ["div(a_, b_)"],
  div: ["mul(a_, b_)"],
  mod: ["div(a_, b_)"],
  and: ["or(a_, b_)"],
  or: ["and(a_, b_)"],
  xor: ["and(a_, b_)"],
  shl: ["shr(a_, b_)"],
  shr: ["shl(a_, b_)"],
  byte: ["shr(a_, b_)"],
  iszero: ["iszero(iszero(a_))"],
  not: ["a_"],
};

/** @param {string} name @returns {name is keyof typeof swaps} */
const isSwapped = (name) => name in swaps;

/** @type {Record<string, (node: any, writer: import("./writer.mjs").Writer) => string>} */
export const yulRules = {
  YulFunctionCall(node, writer) {
    const { name } = node.functionName;
    const inside = writer.parts(node);
    if (!isSwapped(name)) return inside;
    const first = writer.site(node, "assembly", swaps[name].map((change) => `${name} → ${change}`));
    if (first === null) return inside;
    const parameters = node.arguments.length === 1 ? "a_" : "a_, b_";
    const cases = swaps[name].map((change, index) => `if eq(prevrandao(), add(id_, ${index})) { r_ := ${change} }`);
    writer.yulFunction(`y_${name}`, `function y_${name}(id_, ${parameters}) -> r_ { r_ := ${name}(${parameters}) ${cases.join(" ")} }`);
    return inside.replace(/^\w+\(/, `y_${name}(${first}, `);
  },

  YulLiteral(node, writer) {
    const text = writer.raw(node);
    if (node.kind !== "number") return text;
    const first = writer.site(node, "constant", Number(text) === 0 ? [`${text} + 1`] : [`${text} + 1`, `${text} - 1`]);
    if (first === null) return text;
    const less = Number(text) === 0 ? "" : `if eq(prevrandao(), add(id_, 1)) { r_ := sub(a_, 1) }`;
    const name = less === "" ? "y_zero" : "y_number";
    writer.yulFunction(name, `function ${name}(id_, a_) -> r_ { r_ := a_ if eq(prevrandao(), id_) { r_ := add(a_, 1) } ${less} }`);
    return `${name}(${first}, ${text})`;
  },

  YulIf(node, writer) {
    const first = writer.site(node.condition, "condition", ["negated"]);
    const body = writer.text(node.body);
    const condition = writer.text(node.condition);
    if (first === null) return `if ${condition} ${body}`;
    return `if xor(iszero(iszero(${condition})), eq(prevrandao(), ${first})) ${body}`;
  },

  /** What steps a loop is left: without it, the loop does not end. */
  YulForLoop(node, writer) {
    return `for ${writer.raw(node.pre)} ${writer.text(node.condition)} ${writer.raw(node.post)} ${writer.text(node.body)}`;
  },

  YulCase(node, writer) {
    return node.value === "default" ? `default ${writer.text(node.body)}` : `case ${writer.raw(node.value)} ${writer.text(node.body)}`;
  },

  YulExpressionStatement: removable,
  YulAssignment: removable,

  YulVariableDeclaration(node, writer) {
    const inside = writer.parts(node);
    const first = node.value ? writer.site(node, "statement", ["removed"]) : null;
    if (first === null) return inside;
    const names = node.variables.map((/** @type {any} */ one) => one.name).join(", ");
    const assignment = inside.replace(/^let\s+/, "");
    return `let ${names} if iszero(eq(prevrandao(), ${first})) { ${assignment} }`;
  },

  YulIdentifier(node, writer) {
    return writer.yulNames.get(node.src) ?? writer.raw(node);
  },
};

/** @param {any} node @param {import("./writer.mjs").Writer} writer */
function removable(node, writer) {
  const first = writer.site(node, "statement", ["removed"]);
  const inside = writer.parts(node);
  return first === null ? inside : `if iszero(eq(prevrandao(), ${first})) { ${inside} }`;
}
