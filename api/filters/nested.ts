import { AppError } from "../../schema/errors.js";
import { allOf, anyOf, not, part, type SqlPart } from "./sql.js";

/** How deep AND, OR and NOT may nest, and how many filters there may be in all. */
export const maxFilterDepth = 8;
export const maxFilterNodes = 200;

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
export function compileNested<Filter extends Nested<Filter>>(filter: Filter | null | undefined, conditions: (filter: Filter) => SqlPart[]): SqlPart {
  let nodes = 0;
  const compile = (node: Filter, depth: number): SqlPart => {
    if (depth > maxFilterDepth) throw new AppError("LIMIT_EXCEEDED", `A filter nests at most ${maxFilterDepth} deep.`, { details: { limit: maxFilterDepth } });
    if (++nodes > maxFilterNodes) throw new AppError("LIMIT_EXCEEDED", `A filter has at most ${maxFilterNodes} parts.`, { details: { limit: maxFilterNodes } });
    const nested = (list: readonly Filter[]): SqlPart[] => list.map((inner) => compile(inner, depth + 1));
    return allOf([
      ...conditions(node),
      ...(node.AND ? [allOf(nested(node.AND))] : []),
      ...(node.OR ? [anyOf(nested(node.OR))] : []),
      ...(node.NOT ? [not(compile(node.NOT, depth + 1))] : []),
    ]);
  };
  return filter ? compile(filter, 1) : part("true");
}
