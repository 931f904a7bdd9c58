import { getArgumentValues, getDirectiveValues, getNamedType, GraphQLIncludeDirective, GraphQLSkipDirective, isObjectType, Kind, type FieldNode, type GraphQLObjectType, type GraphQLResolveInfo, type SelectionSetNode } from "graphql";
import type { Arguments } from "./table.js";

/** What is asked of an object: each field by the name that the answer gives it. */
export type Selection = ReadonlyMap<string, SelectedField>;

export interface SelectedField {
  readonly name: string;
  readonly args: Arguments;
  /** What is asked of the objects in it; empty for a scalar. */
  readonly selection: Selection;
}

type Context = Pick<GraphQLResolveInfo, "schema" | "fragments" | "variableValues">;

/** @returns what the operation asks of the field that is being resolved: fragments, aliases, @skip and @include are done with. */
export function selectionOf(info: GraphQLResolveInfo): Selection {
  const type = getNamedType(info.returnType);
  return isObjectType(type) ? select(info, type, info.fieldNodes.flatMap(({ selectionSet }) => selectionSet ?? [])) : new Map();
}

/** @returns what is asked of the field that is being resolved, as its parent's selection would have it. */
export function ownSelection(info: GraphQLResolveInfo): Selection {
  return new Map([[String(info.path.key), toField(info, info.parentType, info.fieldNodes)]]);
}

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
  return {
    name,
    args: definition.args.length === 0 ? {} : getArgumentValues(definition, first, context.variableValues),
    selection: isObjectType(type) ? select(context, type, nodes.flatMap(({ selectionSet }) => selectionSet ?? [])) : new Map(),
  };
}

/** The schema has no interfaces or unions: a fragment that validates is on this very type. */
function collect(context: Context, type: GraphQLObjectType, set: SelectionSetNode, into: Map<string, FieldNode[]>): void {
  for (const node of set.selections) {
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
