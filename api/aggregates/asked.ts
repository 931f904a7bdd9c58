import type { Selection } from "../reading/selection.js";
import { statistics, type Measure } from "./query.js";
import type { Source } from "./source.js";

/** What an operation wants of each group. */
export interface Asked {
  readonly measures: Measure[];
  /** Amounts whose percentiles are wanted. */
  readonly spread: string[];
  /** Amounts whose histogram is wanted. */
  readonly bars: string[];
}

/** @param selection - of the aggregate's root field */
export function askedOf(source: Source, selection: Selection): Asked {
  const groups = below(selection, "groups");
  const inAmount = (name: string, field: string): boolean => [...below(groups, name).values()].some((each) => each.name === field);
  const isAsked = (name: string): boolean => [...groups.values()].some((each) => each.name === name);
  const amounts = Object.keys(source.amounts).filter(isAsked);
  return {
    measures: [
      ...Object.keys(source.distincts).filter(isAsked).map((name): Measure => ({ kind: "distinct", name })),
      // An amount that is a plain number in the schema is its sum.
      ...amounts.flatMap((name) => (below(groups, name).size === 0 ? (["sum"] as const) : statistics.filter((each) => inAmount(name, each))).map((statistic): Measure => ({ kind: "amount", name, statistic }))),
    ],
    spread: amounts.filter((name) => inAmount(name, "percentiles")),
    bars: amounts.filter((name) => inAmount(name, "histogram")),
  };
}

/** @returns what is selected in all fields of this name; an alias may repeat one. */
const below = (selection: Selection, name: string): Selection => new Map([...selection.values()].filter((field) => field.name === name).flatMap((field, index) => [...field.selection].map(([key, value]) => [`${index} ${key}`, value] as const)));
