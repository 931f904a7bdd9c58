import { getArgumentValues, getDirectiveValues, getNamedType, GraphQLIncludeDirective, GraphQLSkipDirective, isObjectType, Kind, type FieldNode, type GraphQLObjectType, type GraphQLResolveInfo, type SelectionSetNode } from "graphql";
import { followsFromVariables } from "../execution/follows-from-variables.js";
import type { Arguments } from "./table.js";

/** What is asked of an object: each field by the name that the answer gives it. */
export type Selection = ReadonlyMap<string, SelectedField>;

export interface SelectedField {
  readonly name: string;
  readonly args: Arguments;
  /** What is asked of the objects in it; empty for a scalar. */
  readonly selection: Selection;
}

interface Context extends Pick<GraphQLResolveInfo, "schema" | "fragments" | "variableValues"> {
  /** Whether something of it follows from the variables. */
  varies: boolean;
}

/** What does not follow from variables, by the field's node: documents that come again are the same objects. What is made of it is remembered by its identity. */
const constant = new WeakMap<FieldNode, Selection>();

/** @returns what the operation asks of the field that is being resolved: fragments, aliases, @skip and @include are done with. */
export function selectionOf(info: GraphQLResolveInfo): Selection {
  const [node, ...others] = info.fieldNodes as [FieldNode, ...FieldNode[]];
  const known = others.length === 0 ? constant.get(node) : undefined;
  if (known) return known;
  const type = getNamedType(info.returnType);
  if (!isObjectType(type)) return new Map();
  const context = contextOf(info);
  const selection = select(context, type, info.fieldNodes.flatMap(({ selectionSet }) => selectionSet ?? []));
  if (others.length === 0 && !context.varies) constant.set(node, selection);
  return selection;
}

/** @returns what is asked of the field that is being resolved, as its parent's selection would have it. */
export function ownSelection(info: GraphQLResolveInfo): Selection {
  return new Map([[String(info.path.key), toField(contextOf(info), info.parentType, info.fieldNodes)]]);
}

const contextOf = ({ schema, fragments, variableValues }: GraphQLResolveInfo): Context => ({ schema, fragments, variableValues, varies: false });

function select(context: Context, type: GraphQLObjectType, sets: readonly SelectionSetNode[]): Selection {
  const byName = new Map<string, FieldNode[]>();
  for (const set of sets) collect(context, type, set, byName);
  return new Map([...byName].map(([key, nodes]) => [key, toField(context, type, nodes)]));
}

function toField(context: Context, parent: GraphQLObjectType, nodes: readonly FieldNode[]): SelectedField {
  const [first] = nodes as [FieldNode];
  const name = first.name.value;
  const definition = parent.getFields()[name];
  // __typename and the like: nothing is read for them.
  if (!definition) return { name, args: {}, selection: new Map() };
  const type = getNamedType(definition.type);
  if (first.arguments?.some(followsFromVariables)) context.varies = true;
  return {
    name,
    args: definition.args.length === 0 ? {} : getArgumentValues(definition, first, context.variableValues),
    selection: isObjectType(type) ? select(context, type, nodes.flatMap(({ selectionSet }) => selectionSet ?? [])) : new Map(),
  };
}

/** The schema has no interfaces or unions: a fragment that validates is on this very type. */
function collect(context: Context, type: GraphQLObjectType, set: SelectionSetNode, into: Map<string, FieldNode[]>): void {
  for (const node of set.selections) {
    if (node.directives?.some(followsFromVariables)) context.varies = true;
    if (node.directives?.length && (getDirectiveValues(GraphQLSkipDirective, node, context.variableValues)?.["if"] === true || getDirectiveValues(GraphQLIncludeDirective, node, context.variableValues)?.["if"] === false)) continue;
    if (node.kind === Kind.FIELD) {
      const key = node.alias?.value ?? node.name.value;
      const nodes = into.get(key);
      if (nodes) nodes.push(node);
      else into.set(key, [node]);
    } else {
      const inner = node.kind === Kind.INLINE_FRAGMENT ? node.selectionSet : context.fragments[node.name.value]?.selectionSet;
      if (inner) collect(context, type, inner, into);
    }
  }
}
