import { Purpose, type DataKind, type ListingStatus } from "../../schema/market.js";
import type { PageQuery } from "../paging/find-page.js";
import type { Listing } from "../../schema/entities/index.js";
import type { Selection } from "../reading/selection.js";
import type { ListingFacets } from "../types/facets.js";

const bits = Object.values(Purpose).filter((bit): bit is Purpose => typeof bit === "number");
/** Most values that are told of a dimension of the metadata. */
const longest = 50;

type Dimension = keyof ListingFacets;
type Count<Value> = { value: Value; count: number };

/** Columns of a listing. Purposes are counted by their mask: there are few different ones. */
const columns: Partial<Record<Dimension, string>> = { status: "status", dataKind: "data_kind", region: "region", purposes: "purposes" };
/** Expressions over the table `app.metadata_document d`, one row for each value. */
const documents: Partial<Record<Dimension, string>> = { format: "d.format", modalities: "unnest(d.modalities)", conditions: "unnest(d.conditions)" };

/** @param selection - what is asked of the facets: the rest is not counted. */
export function listingFacets(selection: Selection): NonNullable<PageQuery<Listing>["facets"]> {
  const asked = new Set([...selection.values()].map(({ name }) => name as Dimension));
  const own = Object.entries(columns).filter(([name]) => asked.has(name as Dimension));
  const described = Object.entries(documents).filter(([name]) => asked.has(name as Dimension));
  const names = own.map(([, column]) => column);
  const counts = [
    ...(own.length === 0
      ? []
      : [`(select json_agg(json_build_array(place, ${names.join(", ")}, n)) from (select grouping(${names.join(", ")}) as place, ${names.join(", ")}, sum(n)::int as n from tally group by grouping sets (${names.map((name) => `(${name})`).join(", ")})) g)`]),
    ...described.map(([, value]) => `(select coalesce(json_agg(json_build_array(v, n) order by n desc, v), '[]') from (select v, count(*)::int as n from (select ${value} as v from chosen c join app.metadata_document d on d.hash = c.metadata_hash) each where v is not null group by v order by 2 desc, 1 limit ${longest}) g)`),
  ];
  return {
    columns: [...names, ...(described.length > 0 ? ["metadata_hash"] : [])].map((name) => `l.${name}`),
    // One pass over what was found, for all of them and the total.
    tally: own.length === 0 ? null : `select ${names.join(", ")}, count(*)::int as n from chosen group by ${names.join(", ")}`,
    json: `select json_build_array(${counts.join(", ")})`,
    decode(json) {
      const answers = [...(json as unknown[])];
      const facets: ListingFacets = { status: [], dataKind: [], region: [], purposes: [], format: [], modalities: [], conditions: [] };
      if (own.length > 0) read(facets, own.map(([name]) => name as Dimension), (answers.shift() ?? []) as unknown[][]);
      for (const [name] of described) facets[name as "format"] = (answers.shift() as [string, number][]).map(([value, count]) => ({ value, count }));
      return facets;
    },
  };
}

/** @param rows - place, one value for each dimension (all but one null), count. A dimension's bit in the place is 0 where it is the one that is counted. */
function read(facets: ListingFacets, dimensions: readonly Dimension[], rows: readonly unknown[][]): void {
  for (const row of rows) {
    const place = row[0] as number;
    const index = dimensions.findIndex((_name, at) => (place & (1 << (dimensions.length - 1 - at))) === 0);
    const dimension = dimensions[index]!;
    const [value, count] = [row[1 + index], row.at(-1) as number];
    if (dimension === "status") facets.status.push({ value: value as ListingStatus, count });
    else if (dimension === "dataKind") facets.dataKind.push({ value: value as DataKind, count });
    else if (dimension === "region") facets.region.push({ value: value as number, count });
    else addPurposes(facets.purposes, Number(value), count);
  }
  const byCount = <Value extends string | number>(a: Count<Value>, b: Count<Value>): number => b.count - a.count || (a.value < b.value ? -1 : 1);
  facets.status.sort(byCount);
  facets.dataKind.sort(byCount);
  facets.region.sort(byCount);
  facets.purposes.sort(byCount);
}

function addPurposes(counts: Count<Purpose>[], mask: number, count: number): void {
  for (const bit of bits) {
    if ((mask & bit) === 0) continue;
    const known = counts.find(({ value }) => value === bit);
    if (known) known.count += count;
    else counts.push({ value: bit, count });
  }
}
