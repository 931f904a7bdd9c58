import { GraphQLError, Kind, type ASTVisitor, type SelectionSetNode, type ValidationContext, type ValidationRule } from "graphql";
import { listLimit } from "./list-size.js";

const exceeded = (what: string, limit: number): GraphQLError => new GraphQLError(`The operation exceeds the limit of ${what}: ${limit}.`, { extensions: { code: "LIMIT_EXCEEDED" } });

/**
 * Bounds what one selection asks for (breadth), and all of an operation together, with fragments spread as often as they are used.
 * The counts of fragments are remembered, so that a few lines of fragments in fragments do not cost more than they are long.
 */
export const sizeRule =
  (limits: { breadth: number; fields: number }): ValidationRule =>
  (context: ValidationContext): ASTVisitor => {
    const counted = new Map<SelectionSetNode, { own: number; all: number }>();
    const count = (set: SelectionSetNode, above: ReadonlySet<SelectionSetNode>): { own: number; all: number } => {
      const known = counted.get(set);
      if (known) return known;
      if (above.has(set)) return { own: 0, all: 0 }; // a circle of fragments: another rule says so
      const within = new Set(above).add(set);
      let [own, all] = [0, 0];
      for (const node of set.selections) {
        if (node.kind === Kind.FIELD) {
          own += 1;
          all += 1 + (node.selectionSet ? count(node.selectionSet, within).all : 0);
        } else {
          const inner = node.kind === Kind.INLINE_FRAGMENT ? node.selectionSet : context.getFragment(node.name.value)?.selectionSet;
          const spread = inner ? count(inner, within) : { own: 0, all: 0 };
          own += spread.own;
          all += spread.all;
        }
      }
      const result = { own, all };
      counted.set(set, result);
      return result;
    };
    return {
      OperationDefinition({ selectionSet }) {
        if (count(selectionSet, new Set()).all > limits.fields) context.reportError(exceeded("fields", limits.fields));
      },
      SelectionSet(set) {
        if (count(set, new Set()).own > limits.breadth) context.reportError(exceeded("fields in one selection", limits.breadth));
      },
      ListValue({ values }) {
        if (values.length > listLimit) context.reportError(exceeded("values in a list", listLimit));
      },
    };
  };
