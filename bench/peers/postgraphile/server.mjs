// PostGraphile 5 with what the bench's queries need of its own plugins: filters, aggregates. `node server.mjs PORT`, DATABASE_URL.
import http from "node:http";
import { grafserv } from "postgraphile/grafserv/node";
import { postgraphile } from "postgraphile";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { makePgService } from "postgraphile/adaptors/pg";
import { PostGraphileConnectionFilterPreset } from "postgraphile-plugin-connection-filter";
import { PgAggregatesPreset } from "@graphile/pg-aggregates";

const port = Number(process.argv[2]);
/** Month buckets, the median and the number of rows: not among the plugin's own measures. */
const measures = {
  name: "BenchMeasuresPlugin",
  version: "0.0.0",
  provides: ["aggregates"],
  after: ["PgAggregatesSpecsPlugin"],
  schema: {
    hooks: {
      build(build) {
        const { sql, dataplanPg: { TYPES } } = build;
        build.pgAggregateGroupBySpecs.push({ id: "truncated-to-month", isSuitableType: (codec) => codec === TYPES.timestamptz, sqlWrap: (field) => sql`date_trunc('month', ${field} at time zone 'UTC')`, sqlWrapCodec: () => TYPES.timestamp });
        build.pgAggregateSpecs.push({ id: "median", humanLabel: "median", HumanLabel: "Median", isSuitableType: (codec) => codec === TYPES.numeric || codec.name?.includes("numeric") || codec.extensions?.isNumberLike, sqlAggregateWrap: (field) => sql`(percentile_disc(0.5) within group (order by ${field}))` });
        build.pgAggregateSpecs.push({ id: "rowCount", humanLabel: "row count", HumanLabel: "Row count", isSuitableType: (codec) => codec === TYPES.int, sqlAggregateWrap: () => sql`count(*)`, pgTypeCodecModifier: () => TYPES.bigint });
        return build;
      },
    },
  },
};
const api = postgraphile({
  extends: [PostGraphileAmberPreset, PostGraphileConnectionFilterPreset, PgAggregatesPreset],
  plugins: [measures],
  disablePlugins: ["PgIndexBehaviorsPlugin"],
  pgServices: [makePgService({ connectionString: process.env.DATABASE_URL, schemas: ["peer"], poolConfig: { max: 20 } })],
  grafserv: { port, watch: false, graphiql: false },
  grafast: { explain: false, timeouts: { planning: 5000, execution: 60000 } },
});
const server = http.createServer();
await api.createServ(grafserv).addTo(server);
server.listen(port, "127.0.0.1");
if (process.argv[3] === "--schema") {
  const { printSchema } = await import("graphql");
  process.stdout.write(printSchema(await api.getSchema()));
}
