import { asOf, type Sampler } from "./sample.js";

interface Row {
  authority: string;
  paused_at: string | null;
  paused_until: string | null;
  stopped: string;
}

/** Who administers the market, whether it is paused, and its clock: all pauses together. */
export const market: Sampler = async ({ sql, height, time }) => {
  const { rows } = await sql.query<Row>(`select * from public.market where ${asOf}`, [height]);
  return rows.flatMap((row) => {
    const [pausedAt, pausedUntil] = [BigInt(row.paused_at ?? 0), BigInt(row.paused_until ?? 0)];
    const until = time < pausedUntil ? time : pausedUntil;
    const views = { authority: row.authority, paused: `${time < pausedUntil}`, marketTime: `${time - BigInt(row.stopped) - (until - pausedAt)}` };
    return Object.entries(views).map(([view, value]) => ({ name: `market (${view})`, call: { view, args: [] }, expected: { value } }));
  });
};
