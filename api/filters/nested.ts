import { AppError } from "../../schema/errors.js";
import { deeper, maxFilterNodes, type FilterScope } from "./scope.js";
import { allOf, anyOf, not, part, type SqlPart } from "./sql.js";

interface Nested<Filter> {
  AND?: Filter[] | null;
  OR?: Filter[] | null;
  NOT?: Filter | null;
}

/**
 * Compiles a filter with its AND, OR and NOT.
 * @param conditions - those of one filter, without what is nested in it.
 * @throws AppError LIMIT_EXCEEDED, and what `conditions` throws
 */
export function compileNested<Filter extends Nested<Filter>>(filter: Filter | null | undefined, scope: FilterScope, conditions: (filter: Filter, scope: FilterScope) => SqlPart[]): SqlPart {
  const compile = (node: Filter, at: FilterScope): SqlPart => {
    if (++scope.spent.nodes > maxFilterNodes) throw new AppError("LIMIT_EXCEEDED", `A filter has at most ${maxFilterNodes} parts.`, { details: { limit: maxFilterNodes } });
    const nested = (list: readonly Filter[]): SqlPart[] => list.map((inner) => compile(inner, deeper(at)));
    return allOf([
      ...conditions(node, at),
      ...(node.AND ? [allOf(nested(node.AND))] : []),
      ...(node.OR ? [anyOf(nested(node.OR))] : []),
      ...(node.NOT ? [not(compile(node.NOT, deeper(at)))] : []),
    ]);
  };
  return filter ? compile(filter, scope) : part("true");
}
