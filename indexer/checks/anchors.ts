import type { Sampler } from "./sample.js";

export const anchors: Sampler = async ({ sql, height, each }) => {
  const { rows } = await sql.query<{ batch_index: string; root: string }>("select batch_index, root from public.access_anchor where block_number <= $1 order by random() limit $2", [height, each]);
  return rows.map((row) => ({ name: `access_anchor ${row.batch_index}`, call: { view: "anchorIndexOf", args: [row.root] }, expected: { value: row.batch_index } }));
};
