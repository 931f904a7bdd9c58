import { Kind, parse, type OperationDefinitionNode, type SelectionSetNode } from "graphql";
import type { Selection } from "../../api/reading/selection.js";

/** What an operation's look-ahead would give for these fields, without arguments: `totalCount edges { node { id } }`. */
export function select(fields: string): Selection {
  const [operation] = parse(`{ ${fields} }`).definitions as [OperationDefinitionNode];
  const read = ({ selections }: SelectionSetNode): Selection =>
    new Map(
      selections.map((node) => {
        if (node.kind !== Kind.FIELD) throw new Error("fields alone");
        return [node.alias?.value ?? node.name.value, { name: node.name.value, args: {}, selection: node.selectionSet ? read(node.selectionSet) : new Map() }];
      }),
    );
  return read(operation.selectionSet);
}
