import { changesOf, isBinary, kindOf } from "./helpers.mjs";

/** @typedef {import("./writer.mjs").Writer} Writer */

/** @type {Record<string, (node: any, writer: Writer) => string>} */
export const solidityRules = {
  ContractDefinition: (node, writer) => within(writer, node.name, () => writer.parts(node)),

  /** A constant cannot depend on the block: beside it comes a function, and that is what the code uses. */
  VariableDeclaration(node, writer) {
    const constant = writer.declarations.constants.get(node.id);
    if (constant === undefined) return node.constant ? writer.raw(node) : writer.parts(node, ["typeName"]);
    const hash = constant.type === "bytes32";
    const [first, value] = within(writer, node.name, () => {
      const number = writer.site(node, "constant", hash ? ["another"] : ["+ 1", "- 1"]);
      writer.quiet = true;
      const text = writer.text(node.value);
      writer.quiet = false;
      return [number, text];
    });
    const helper = hash ? writer.helpers.hash() : writer.helpers.number(constant.type, false);
    const changed = first === null ? value : `${helper}(${first}, ${value})`;
    return `${writer.raw(node)} function ${constant.name}() internal view returns (${constant.type}) { return ${changed}; }`;
  },

  /** Each modifier may be left out: the body comes once with all, and once without each. */
  FunctionDefinition(node, writer) {
    const name = node.name || node.kind;
    const modifiers = node.modifiers.filter((/** @type {any} */ one) => one.kind === "modifierInvocation");
    if (node.body === null || node.body === undefined) return writer.raw(node);
    return within(writer, name, () => {
      const firsts = modifiers.map((/** @type {any} */ one) => writer.site(one, "access", ["removed"]));
      const body = writer.text(node.body);
      const [start] = writer.range(node);
      const [bodyStart] = writer.range(node.body);
      if (modifiers.length === 0 || firsts.includes(null)) return writer.source.slice(start, bodyStart) + body;
      return splitByModifiers(node, writer, modifiers, firsts, body);
    });
  },

  Identifier(node, writer) {
    const constant = writer.declarations.constants.get(node.referencedDeclaration);
    return constant === undefined ? writer.raw(node) : `${constant.name}()`;
  },

  MemberAccess(node, writer) {
    const constant = writer.declarations.constants.get(node.referencedDeclaration);
    return constant === undefined ? writer.parts(node) : `${writer.raw(node.expression)}.${constant.name}()`;
  },

  UncheckedBlock(node, writer) {
    const before = writer.unchecked;
    writer.unchecked = true;
    const text = writer.parts(node);
    writer.unchecked = before;
    return text;
  },

  ExpressionStatement: removable,
  EmitStatement: removable,

  IfStatement(node, writer) {
    const removes = isRevert(node.trueBody) && !node.falseBody;
    const first = removes ? writer.site(node.condition, "check", ["removed"]) : writer.site(node.condition, "condition", ["negated"]);
    const condition = writer.text(node.condition);
    const helper = writer.helpers.condition(removes ? "false" : "negated");
    const [, conditionEnd] = writer.range(node.condition);
    const [bodyStart] = writer.range(node.trueBody);
    const body = writer.text(node.trueBody);
    let text = `if (${first === null ? condition : `${helper}(${first}, ${condition})`}${writer.source.slice(conditionEnd, bodyStart)}${body}`;
    if (node.falseBody) text += `${writer.source.slice(writer.range(node.trueBody)[1], writer.range(node.falseBody)[0])}${writer.text(node.falseBody)}`;
    return text;
  },

  /** What begins and steps a loop is left: without it, the loop does not end. */
  ForStatement: (node, writer) => writer.parts(node, ["initializationExpression", "loopExpression"]),

  Conditional(node, writer) {
    const first = writer.site(node.condition, "condition", ["negated"]);
    const condition = writer.text(node.condition);
    const type = node.typeDescriptions.typeString;
    const branches = [node.trueExpression, node.falseExpression].map((branch) => operand(branch, type, writer));
    return `${first === null ? condition : `${writer.helpers.condition("negated")}(${first}, ${condition})`} ? ${branches.join(" : ")}`;
  },

  UnaryOperation(node, writer) {
    const type = node.typeDescriptions.typeString;
    if (node.operator === "!" || node.operator === "~" && /^uint/.test(type)) {
      const inside = writer.text(node.subExpression);
      const first = writer.site(node, node.operator === "!" ? "logic" : "bits", [`${node.operator} removed`]);
      if (first === null) return `${node.operator}${inside}`;
      return node.operator === "!" ? `!${writer.helpers.condition("negated")}(${first}, ${inside})` : `${writer.helpers.complement(type)}(${first}, ${inside})`;
    }
    if ((node.operator === "++" || node.operator === "--") && node.prefix && !node.isStatement) {
      const first = writer.site(node, "arithmetic", ["the other way"]);
      const target = writer.raw(node.subExpression);
      if (first !== null) return `(selected(${first}) ? ${node.operator === "++" ? "--" : "++"}${target} : ${node.operator}${target})`;
    }
    return writer.parts(node);
  },

  BinaryOperation(node, writer) {
    const { operator, leftExpression: left, rightExpression: right } = node;
    if (operator === "&&" || operator === "||") return logic(node, writer);
    const type = node.commonType.typeString.replace(/^address payable$/, "address");
    if (!isBinary(operator) || /_const/.test(type)) return writer.parts(node);
    const cast = /^enum /.test(type) ? "uint256" : /^contract /.test(type) ? "address" : "";
    const first = writer.site(node, kindOf(operator), changesOf(operator));
    const shift = operator === "<<" || operator === ">>";
    const [a, b] = [operand(left, type, writer), operand(right, shift ? "uint256" : type, writer)];
    if (first === null) return `${a} ${operator} ${b}`;
    const helper = writer.helpers.binary(operator, cast || type, writer.unchecked);
    return `${helper}(${first}, ${cast ? `${cast}(${a}), ${cast}(${b})` : `${a}, ${b}`})`;
  },

  Assignment(node, writer) {
    const { leftHandSide: left, rightHandSide: right } = node;
    const operator = node.operator.slice(0, -1);
    const type = left.typeDescriptions.typeString;
    const value = operand(right, type, writer);
    if (isBinary(operator) && /^uint|^bytes\d/.test(type)) {
      const first = writer.site(node, kindOf(operator), changesOf(operator));
      if (first !== null) return `${writer.raw(left)} = ${writer.helpers.binary(operator, type, writer.unchecked)}(${first}, ${writer.raw(left)}, ${value})`;
    }
    return `${writer.text(left)} ${node.operator} ${value}`;
  },

  FunctionCall(node, writer) {
    const types = argumentTypes(node, writer);
    const [start, end] = writer.range(node);
    const called = writer.text(node.expression);
    let at = writer.range(node.expression)[1];
    let text = start < writer.range(node.expression)[0] ? writer.source.slice(start, writer.range(node.expression)[0]) : "";
    text += called;
    node.arguments.forEach((/** @type {any} */ argument, /** @type {number} */ index) => {
      const [from, to] = writer.range(argument);
      text += writer.source.slice(at, from) + operand(argument, types[index] ?? "", writer);
      at = to;
    });
    return text + writer.source.slice(at, end);
  },

  VariableDeclarationStatement(node, writer) {
    if (!node.initialValue || node.declarations.length !== 1) return writer.parts(node);
    const [start] = writer.range(node);
    const [from] = writer.range(node.initialValue);
    return writer.source.slice(start, from) + operand(node.initialValue, node.declarations[0].typeDescriptions.typeString, writer);
  },

  Literal(node, writer) {
    if (node.kind !== "bool") return writer.raw(node);
    const first = writer.site(node, "constant", ["the other"]);
    return first === null ? writer.raw(node) : `${writer.helpers.condition("negated")}(${first}, ${node.value})`;
  },

  InlineAssembly(node, writer) {
    /** @type {Map<string, {name: string, type: string}>} */
    const used = new Map();
    for (const { declaration, src } of node.externalReferences) {
      const constant = writer.declarations.constants.get(declaration);
      if (constant === undefined) continue;
      used.set(constant.name, constant);
      writer.yulNames.set(src, `v_${constant.name}`);
    }
    const block = writer.text(node.AST);
    const [start] = writer.range(node);
    const [blockStart] = writer.range(node.AST);
    const assembly = `${writer.source.slice(start, blockStart)}{ ${writer.takeYulFunctions()} ${block.slice(1)}`;
    if (used.size === 0) return assembly;
    const locals = [...used.values()].map(({ name, type }) => `${type} v_${name} = ${name}();`);
    return `{ ${locals.join(" ")} ${assembly} }`;
  },
};

/** @template T @param {Writer} writer @param {string} scope @param {() => T} action @returns {T} */
function within(writer, scope, action) {
  const before = writer.scope;
  writer.scope = scope;
  const result = action();
  writer.scope = before;
  return result;
}

/** A number where the type is known is a mutant too. @param {any} node @param {string} type @param {Writer} writer */
function operand(node, type, writer) {
  const unnamed = node.nodeType === "Literal" && node.kind === "number" && !node.subdenomination;
  if (!unnamed || !/^uint\d+$/.test(type)) return writer.text(node);
  const first = writer.site(node, "constant", [`${node.value} + 1`, ...(Number(node.value) === 0 ? [] : [`${node.value} - 1`])]);
  return first === null ? writer.raw(node) : `${writer.helpers.number(type, Number(node.value) === 0)}(${first}, ${writer.raw(node)})`;
}

/** `a && b`, `a || b`, and each without one side. Nothing is evaluated that was not. @param {any} node @param {Writer} writer */
function logic(node, writer) {
  const and = node.operator === "&&";
  const first = writer.site(node, "logic", [and ? "&& → ||" : "|| → &&", "left side dropped", "right side dropped"]);
  const [left, right] = [writer.text(node.leftExpression), writer.text(node.rightExpression)];
  if (first === null) return `${left} ${node.operator} ${right}`;
  const dropped = writer.helpers.condition(and ? "true" : "false");
  const isOr = and ? `selected(${first})` : `!selected(${first})`;
  return `(${dropped}(${first + 1}, ${left}) == (${isOr}) ? (${isOr}) : ${dropped}(${first + 2}, ${right}))`;
}

/** @param {any} node @param {Writer} writer */
function removable(node, writer) {
  if (node.expression) node.expression.isStatement = true;
  // The compiler insists that a pointer to storage is set.
  if (/storage pointer/.test(node.expression?.leftHandSide?.typeDescriptions.typeString ?? "")) return writer.parts(node);
  const first = writer.site(node, "statement", ["removed"]);
  const inside = writer.parts(node);
  return first === null ? inside : `{ if (!selected(${first})) { ${inside} } }`;
}

/** @param {any} body */
function isRevert(body) {
  return body.nodeType === "RevertStatement" || body.nodeType === "Block" && body.statements.length === 1 && body.statements[0].nodeType === "RevertStatement";
}

/** @param {any} node - a call @param {Writer} writer @returns {string[]} types of its arguments, as far as they are known */
function argumentTypes(node, writer) {
  const type = node.expression.typeDescriptions.typeString ?? "";
  if (node.kind === "typeConversion") return [node.typeDescriptions.typeString];
  if (node.kind === "structConstructorCall") {
    const members = writer.declarations.structs.get(node.expression.referencedDeclaration);
    return node.names.map((/** @type {string} */ name) => members?.get(name) ?? "");
  }
  const parameters = /^function \(([^()]*)\)/.exec(type)?.[1] ?? "";
  return node.names.length > 0 ? [] : parameters.split(",");
}

/** @param {any} node @param {Writer} writer @param {any[]} modifiers @param {number[]} firsts @param {string} body */
function splitByModifiers(node, writer, modifiers, firsts, body) {
  const result = node.returnParameters.parameters.length > 0 ? `returns ${writer.raw(node.returnParameters)}` : "";
  const names = node.parameters.parameters.map((/** @type {any} */ one) => one.name).join(", ");
  const [start] = writer.range(node);
  const [bodyStart] = writer.range(node.body);
  let header = writer.source.slice(start, bodyStart);
  for (const one of [...modifiers].reverse()) {
    const [from, to] = writer.range(one);
    header = header.slice(0, from - start) + header.slice(to - start);
  }
  /** @param {string} suffix @param {any[]} kept */
  const variant = (suffix, kept) =>
    `function ${node.name}_${suffix}${writer.raw(node.parameters)} private ${kept.map((one) => writer.raw(one)).join(" ")} ${result} ${body}`;
  /** @param {string} suffix */
  const call = (suffix) => `${result ? "return " : ""}${node.name}_${suffix}(${names});`;
  const choices = firsts.map((first, index) => `if (selected(${first})) { ${call(`without${index}`)}${result ? "" : " return;"} }`);
  const wrapper = `${header}{ ${choices.join(" ")} ${call("guarded")} }`;
  const without = modifiers.map((_, index) => variant(`without${index}`, modifiers.filter((__, other) => other !== index)));
  return [wrapper, variant("guarded", modifiers), ...without].join("\n");
}
