import { setTimeout as wait } from "node:timers/promises";
import { emitFeed } from "../../test/support/emit-feed.js";
import type { TestApi } from "../../test/support/with-api.js";
import type { BenchRow } from "../report.js";
import { ask, startServer, Subscribers, type Report, type Usage } from "./processes.js";

export const eventQuery = "subscription Bench($where: LiveEventFilter) { marketEvents(where: $where) { seq cursor op name block { number hash time } transactionHash listingId account payload } }";

const perSecond = 10;

interface Load {
  name: string;
  subscribers: number;
  groups: number;
  bars: { p50: number; p99: number };
}
const loads: readonly Load[] = [
  { name: "5,000 × 10/s, 10 groups", subscribers: 5_000, groups: 10, bars: { p50: 5, p99: 12 } },
  { name: "15,000 × 10/s, 10 groups", subscribers: 15_000, groups: 10, bars: { p50: 12, p99: 40 } },
  { name: "5,000 × 10/s, unfiltered", subscribers: 5_000, groups: 0, bars: { p50: 25, p99: 60 } },
];

/** From just before an event's transaction to the frame at each subscriber; the peer after ours, with nothing else of either running. */
export async function measureFanOut(stack: TestApi, { seconds, scale, loads: chosen }: { seconds: number; scale: number; loads: readonly number[] | undefined }, add: (row: BenchRow) => void): Promise<void> {
  for (const load of loads.filter((_load, index) => chosen?.includes(index + 1) ?? true)) {
    const count = Math.round(load.subscribers * scale);
    const ours = await run(stack, "ours", load, count, seconds);
    const stock = await run(stack, "stock", load, count, seconds);
    for (const part of ["p50", "p99"] as const) {
      const [mine, theirs, bar] = [ours[part], stock[part], load.bars[part]];
      const complete = ours.received === ours.expected && ours.closed === 0;
      add({
        name: `${load.name}${scale === 1 ? "" : ` × ${scale}`}, ${part}`,
        unit: "ms",
        ours: mine,
        peer: theirs,
        peerName: `stock graphql-ws${stock.received === stock.expected ? "" : ` (${stock.received} of ${stock.expected} came in time)`}`,
        ratio: mine !== null && theirs !== null ? theirs / Math.max(1, mine) : null,
        bar: `≤ ${bar}`,
        ok: complete && mine !== null && mine <= bar,
        ...(complete ? {} : { why: `${ours.received} of ${ours.expected} messages came, ${ours.closed} sockets were closed` }),
      });
    }
    // Which other work on the machine does not change.
    add({ name: `${load.name}, CPU of the API for a message`, unit: "µs", ours: ours.cpuEach, peer: stock.cpuEach, peerName: "stock graphql-ws", ratio: stock.cpuEach / ours.cpuEach, bar: "context only", ok: true });
  }
}

async function run(stack: TestApi, which: "ours" | "stock", { groups }: Load, count: number, seconds: number): Promise<Report & { expected: number; cpuEach: number }> {
  const server = await startServer(stack, which);
  const subscribers = await Subscribers.open({ port: server.port, count, groups, query: eventQuery });
  try {
    await wait(2_000);
    // Compiled before it is measured.
    await send(stack, groups, 2);
    await wait(1_000);
    const { cpuMicroseconds: before } = await ask<Usage>(server.child, "usage");
    subscribers.begin();
    const events = await send(stack, groups, seconds);
    const each = (group: number): number => (groups === 0 ? count : Math.floor(count / groups) + (group < count % groups ? 1 : 0));
    const expected = Array.from({ length: events }, (_unused, event) => each(groups === 0 ? 0 : event % groups)).reduce((sum, one) => sum + one, 0);
    let report = await subscribers.report();
    for (let tries = 0; report.received < expected && tries < 20; tries++) {
      await wait(500);
      report = await subscribers.report();
    }
    const { cpuMicroseconds: after } = await ask<Usage>(server.child, "usage");
    return { ...report, expected, cpuEach: (after - before) / Math.max(1, report.received) };
  } finally {
    await subscribers.close();
    await server.stop();
  }
}

/** @returns how many events were sent. */
async function send(stack: TestApi, groups: number, seconds: number): Promise<number> {
  const start = performance.now();
  const events = seconds * perSecond;
  for (let event = 0; event < events; event++) {
    await wait(Math.max(0, start + (event * 1_000) / perSecond - performance.now()));
    await emitFeed(stack.database, [{ name: `Group${groups === 0 ? 0 : event % groups}`, account: `0x${"ab".repeat(20)}`, payload: { sentAt: Date.now(), price: "123456789000000000000" } }]);
  }
  return events;
}
