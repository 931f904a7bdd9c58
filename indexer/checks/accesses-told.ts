import { asOf, type Sampler } from "./sample.js";

/** The number of the last access told, and with it that none is missing at the end: the contract keeps no more of them. Asked where there is a market. */
export const accessesTold: Sampler = async ({ sql, height }) => {
  const { rows } = await sql.query<{ last: string }>(
    `select (select coalesce(max(number), 0) from public.access_told where block_number <= $1) as last from public.market where ${asOf}`,
    [height],
  );
  return rows.map(({ last }) => ({ name: "access_told (last number)", call: { view: "accessesTold", args: [] }, expected: { value: last } }));
};
