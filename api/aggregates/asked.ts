import { Kind, type GraphQLResolveInfo, type SelectionSetNode } from "graphql";
import { statistics, type Measure, type Statistic } from "./query.js";
import type { Source } from "./source.js";

/** What an operation wants of each group. */
export interface Asked {
  readonly measures: Measure[];
  /** Amounts whose percentiles are wanted. */
  readonly spread: string[];
  /** Amounts whose histogram is wanted. */
  readonly bars: string[];
}

/** Names of selected fields and what is selected in them, fragments and aliases resolved; what @skip leaves out is in it too: computing it does no harm. */
interface Fields {
  readonly [name: string]: Fields;
}

function collect(info: Pick<GraphQLResolveInfo, "fragments">, set: SelectionSetNode | undefined, into: Record<string, Fields>): void {
  for (const node of set?.selections ?? []) {
    if (node.kind === Kind.FIELD) {
      const name = node.name.value;
      collect(info, node.selectionSet, (into[name] ??= {}));
    } else collect(info, node.kind === Kind.INLINE_FRAGMENT ? node.selectionSet : info.fragments[node.name.value]?.selectionSet, into);
  }
}

/** @returns what is selected below `groups` of the field that is being resolved. */
export function askedOf(source: Source, info: Pick<GraphQLResolveInfo, "fragments" | "fieldNodes">): Asked {
  const fields: Record<string, Fields> = {};
  for (const { selectionSet } of info.fieldNodes) collect(info, selectionSet, fields);
  const groups = fields["groups"] ?? {};
  const inAmount = (name: string, field: string): boolean => groups[name]?.[field] !== undefined;
  const amounts = Object.keys(source.amounts);
  const ofAmount = (name: string): Measure[] => statistics.filter((each) => inAmount(name, each)).map((statistic: Statistic) => ({ kind: "amount", name, statistic }));
  return {
    measures: [...Object.keys(source.distincts).filter((name) => groups[name]).map((name): Measure => ({ kind: "distinct", name })), ...amounts.flatMap(ofAmount), ...sums(groups, amounts)],
    spread: amounts.filter((name) => inAmount(name, "percentiles")),
    bars: amounts.filter((name) => inAmount(name, "histogram")),
  };
}

/** An amount that is a plain number in the schema is its sum. */
const sums = (groups: Fields, amounts: readonly string[]): Measure[] =>
  amounts.filter((name) => groups[name] && Object.keys(groups[name]).length === 0).map((name) => ({ kind: "amount", name, statistic: "sum" }));
