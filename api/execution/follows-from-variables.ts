import { BREAK, visit, type ASTNode } from "graphql";

/** @returns whether the node is, or something below it is, a variable. */
export function followsFromVariables(node: ASTNode): boolean {
  let found = false;
  visit(node, {
    Variable() {
      found = true;
      return BREAK;
    },
  });
  return found;
}
