import {
  getArgumentValues, getDirectiveValues, getNamedType, GraphQLIncludeDirective, GraphQLSkipDirective, TypeNameMetaFieldDef, isAbstractType, isLeafType, isListType, isNonNullType, Kind, visit,
  type DocumentNode, type FieldNode, type FragmentDefinitionNode, type GraphQLField, type GraphQLFieldResolver, type GraphQLLeafType, type GraphQLObjectType, type GraphQLOutputType, type GraphQLSchema, type OperationDefinitionNode, type SelectionSetNode,
} from "graphql";
import { followsFromVariables } from "./follows-from-variables.js";

/** What graphql-js finds out anew for each object of each answer: which fields are asked of it, how each is resolved, and what its value is made into. */
export interface OperationPlan {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly root: ObjectPlan;
  /** How many fields have arguments that follow from variables. */
  readonly variableFields: number;
  /** How many fields there are, of all objects. */
  readonly fields: number;
}

export interface ObjectPlan {
  readonly kind: "object";
  readonly type: GraphQLObjectType;
  readonly fields: readonly FieldPlan[];
}

export interface FieldPlan {
  /** What the answer calls it. */
  readonly key: string;
  readonly nodes: readonly FieldNode[];
  readonly parent: GraphQLObjectType;
  readonly definition: GraphQLField<unknown, unknown>;
  /** Null for the parent's property of that name. */
  readonly resolve: GraphQLFieldResolver<unknown, unknown> | null;
  /** Frozen; a number where they follow from variables: their place among such fields. */
  readonly args: Readonly<Record<string, unknown>> | number;
  readonly value: ValuePlan;
}

/** What a value is made into. */
export interface ValuePlan {
  readonly isNullable: boolean;
  readonly inner: { readonly kind: "leaf"; readonly type: GraphQLLeafType } | { readonly kind: "list"; readonly of: ValuePlan } | ObjectPlan;
}

interface Planning extends Pick<OperationPlan, "schema" | "fragments"> {
  readonly variables: Readonly<Record<string, unknown>>;
  variableFields: number;
  fields: number;
}

/** What is left to graphql-js. */
class NotPlanned extends Error {}

/**
 * Plans a valid query. The plan holds for all values of variables that @skip and @include do not use.
 * @param variables - as graphql-js coerced them
 * @returns null for what graphql-js has to run: introspection, abstract types, types that test what they are given.
 */
export function planQuery(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: Readonly<Record<string, unknown>>): OperationPlan | null {
  const fragments: Record<string, FragmentDefinitionNode> = {};
  for (const definition of document.definitions) if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  const planning: Planning = { schema, fragments, variables, variableFields: 0, fields: 0 };
  try {
    const root = planObject(planning, schema.getQueryType()!, [operation.selectionSet]);
    return { schema, operation, fragments, root, variableFields: planning.variableFields, fields: planning.fields };
  } catch (error) {
    if (error instanceof NotPlanned) return null;
    throw error;
  }
}

/** Names of the variables that a plan follows from. */
export function conditionVariables(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, { Directive: (directive) => void visit(directive, { Variable: ({ name }) => void names.add(name.value) }) });
  return [...names];
}

function planObject(planning: Planning, type: GraphQLObjectType, sets: readonly SelectionSetNode[]): ObjectPlan {
  if (type.isTypeOf) throw new NotPlanned();
  const found = new Map<string, FieldNode[]>();
  const spread = new Set<string>();
  for (const set of sets) collect(planning, set, found, spread);
  return { kind: "object", type, fields: [...found].map(([key, nodes]) => planField(planning, type, key, nodes)) };
}

/** As graphql-js collects fields: in the order of their first mention, each fragment once. There are no abstract types: a fragment that validates is on this very type. */
function collect(planning: Planning, set: SelectionSetNode, into: Map<string, FieldNode[]>, spread: Set<string>): void {
  for (const node of set.selections) {
    if (getDirectiveValues(GraphQLSkipDirective, node, planning.variables)?.["if"] === true || getDirectiveValues(GraphQLIncludeDirective, node, planning.variables)?.["if"] === false) continue;
    if (node.kind === Kind.FIELD) {
      const key = node.alias?.value ?? node.name.value;
      const nodes = into.get(key);
      if (nodes) nodes.push(node);
      else into.set(key, [node]);
    } else if (node.kind === Kind.INLINE_FRAGMENT) {
      collect(planning, node.selectionSet, into, spread);
    } else if (!spread.has(node.name.value)) {
      spread.add(node.name.value);
      collect(planning, planning.fragments[node.name.value]!.selectionSet, into, spread);
    }
  }
}

function planField(planning: Planning, parent: GraphQLObjectType, key: string, nodes: FieldNode[]): FieldPlan {
  const [node] = nodes as [FieldNode];
  const definition = node.name.value === TypeNameMetaFieldDef.name ? TypeNameMetaFieldDef : parent.getFields()[node.name.value];
  // "__proto__" is no name like others to an object.
  if (!definition || key === "__proto__") throw new NotPlanned();
  planning.fields++;
  const varies = node.arguments?.some(followsFromVariables) ?? false;
  return {
    key,
    nodes,
    parent,
    definition,
    resolve: definition.resolve ?? null,
    args: varies ? planning.variableFields++ : frozen(getArgumentValues(definition, node, planning.variables)),
    value: planValue(planning, definition.type, nodes),
  };
}

function planValue(planning: Planning, declared: GraphQLOutputType, nodes: readonly FieldNode[]): ValuePlan {
  const isNullable = !isNonNullType(declared);
  const type = isNonNullType(declared) ? declared.ofType : declared;
  if (isListType(type)) return { isNullable, inner: { kind: "list", of: planValue(planning, type.ofType as GraphQLOutputType, nodes) } };
  if (isLeafType(type)) return { isNullable, inner: { kind: "leaf", type } };
  if (isAbstractType(type)) throw new NotPlanned();
  return { isNullable, inner: planObject(planning, getNamedType(type) as GraphQLObjectType, nodes.flatMap(({ selectionSet }) => selectionSet ?? [])) };
}

/** What all requests share, none may change. */
function frozen<T>(value: T): T {
  if (Array.isArray(value) || (typeof value === "object" && value !== null && [null, Object.prototype].includes(Object.getPrototypeOf(value) as object | null))) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}
