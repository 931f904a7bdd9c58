import type { DataSource } from "typeorm";
import { Purpose, type DataKind, type ListingStatus } from "../../schema/market.js";
import { bind, part, type SqlPart } from "../filters/sql.js";
import type { ListingFacets } from "../types/facets.js";

const bits = Object.values(Purpose).filter((bit): bit is Purpose => typeof bit === "number");

/** @param chosen - which rows of `listing l`. One statement: all counts are of one state. */
export async function countFacets(database: DataSource, chosen: SqlPart): Promise<ListingFacets> {
  const { text, values } = bind(
    part("with chosen as materialized (select l.status, l.data_kind, l.region, l.purposes from listing l where"),
    chosen,
    part(
      `) select 'status' as facet, status as value, count(*)::int as count from chosen group by status
       union all select 'dataKind', data_kind::text, count(*)::int from chosen group by data_kind
       union all select 'region', region::text, count(*)::int from chosen group by region
       union all select 'purposes', bit::text, count(*)::int from chosen cross join unnest(?::bigint[]) bit where purposes & bit <> 0 group by bit
       order by count desc, value`,
      bits,
    ),
  );
  const rows = (await database.query(text, values)) as { facet: keyof ListingFacets; value: string; count: number }[];
  const of = <Value>(facet: keyof ListingFacets, read: (value: string) => Value): { value: Value; count: number }[] =>
    rows.filter((row) => row.facet === facet).map(({ value, count }) => ({ value: read(value), count }));
  return {
    status: of("status", (value) => value as ListingStatus),
    dataKind: of("dataKind", (value) => Number(value) as DataKind),
    region: of("region", Number),
    purposes: of("purposes", (value) => Number(value) as Purpose),
  };
}
