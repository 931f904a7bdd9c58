import { getNamedType, isEnumType, isInputObjectType, isLeafType, isListType, isNonNullType, isObjectType, type GraphQLField, type GraphQLInputType, type GraphQLObjectType } from "graphql";

/** Values for arguments by name; what is not named gets the simplest value of its type. */
export type ArgumentValues = Readonly<Record<string, unknown>>;

const leaves: Readonly<Record<string, unknown>> = { Int: 1, Float: 0.5, Boolean: true, String: "text", ID: `0x${"11".repeat(32)}`, BigInt: "1", DateTime: "2026-01-01T00:00:00.000Z", JSON: {} };

/**
 * An operation of one root field that selects all that can be reached from it, each type once on every way.
 * @param depth - levels of selections below the root field.
 * @param without - names of fields that are not selected.
 */
export function generateOperation(kind: "query" | "mutation", field: GraphQLField<unknown, unknown>, values: ArgumentValues, depth: number, without: readonly string[] = []): { query: string; variables: Record<string, unknown> } {
  const variables: Record<string, unknown> = {};
  for (const argument of field.args) {
    if (argument.name in values) variables[argument.name] = values[argument.name];
    else if (isNonNullType(argument.type) && argument.defaultValue === undefined) variables[argument.name] = valueOf(argument.type, values);
  }
  const used = field.args.filter(({ name }) => name in variables);
  const declared = used.length > 0 ? `(${used.map(({ name, type }) => `$${name}: ${String(type)}`).join(", ")})` : "";
  const passed = used.length > 0 ? `(${used.map(({ name }) => `${name}: $${name}`).join(", ")})` : "";
  return { query: `${kind}${declared} { ${field.name}${passed}${selectionOf(field, values, depth, [], without)} }`, variables };
}

function selectionOf({ type }: GraphQLField<unknown, unknown>, values: ArgumentValues, depth: number, above: readonly GraphQLObjectType[], without: readonly string[]): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return "";
  const fields = Object.values(named.getFields()).flatMap((field) => {
    if (without.includes(field.name)) return [];
    const inner = getNamedType(field.type);
    if (isObjectType(inner) && (depth === 0 || above.includes(inner) || inner === named)) return [];
    const required = field.args.filter((argument) => isNonNullType(argument.type) && argument.defaultValue === undefined);
    const passed = required.length > 0 ? `(${required.map((argument) => `${argument.name}: ${literal(argument.type, valueOf(argument.type, values))}`).join(", ")})` : "";
    const selected = selectionOf(field, values, depth - 1, [...above, named], without);
    return isObjectType(inner) && selected === "" ? [] : [`${field.name}${passed}${selected}`];
  });
  return fields.length === 0 ? "" : ` { ${fields.join(" ")} }`;
}

/** The simplest value of a type; of an input object, its required fields. */
function valueOf(type: GraphQLInputType, values: ArgumentValues): unknown {
  if (isNonNullType(type)) return valueOf(type.ofType as GraphQLInputType, values);
  if (isListType(type)) return [valueOf(type.ofType as GraphQLInputType, values)];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (isLeafType(type)) return leaves[type.name];
  const required = Object.values(type.getFields()).filter((field) => isNonNullType(field.type) && field.defaultValue === undefined);
  return Object.fromEntries(required.map((field) => [field.name, values[field.name] ?? valueOf(field.type, values)]));
}

function literal(type: GraphQLInputType, value: unknown): string {
  if (isNonNullType(type)) return literal(type.ofType as GraphQLInputType, value);
  if (Array.isArray(value)) return `[${value.map((item) => literal((isListType(type) ? type.ofType : type) as GraphQLInputType, item)).join(", ")}]`;
  if (isInputObjectType(type)) {
    const fields = type.getFields();
    return `{${Object.entries(value as object).map(([name, inner]) => `${name}: ${literal(fields[name]!.type, inner)}`).join(", ")}}`;
  }
  return isEnumType(type) ? String(value) : JSON.stringify(value);
}
