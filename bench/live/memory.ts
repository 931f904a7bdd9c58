import { setTimeout as wait } from "node:timers/promises";
import type { TestApi } from "../../test/support/with-api.js";
import type { BenchRow } from "../report.js";
import { eventQuery } from "./fan-out.js";
import { ask, fileLimit, startServer, Subscribers, type Usage } from "./processes.js";

const wantedCount = 20_000;
const barMb = 250;
/** Files that the API has open beside its subscribers' sockets. */
const others = 200;
const megabyte = 1 << 20;

/** Memory of the whole API process with its subscribers connected, and how much of it they are. */
export async function measureMemory(stack: TestApi, { scale }: { scale: number }, add: (row: BenchRow) => void): Promise<void> {
  const count = Math.min(Math.round(wantedCount * scale), fileLimit() - others);
  const why = count < wantedCount ? { why: `${count} connections: this machine lets a process open no more than ${fileLimit()} files` } : {};
  const [ours, stock] = [await run(stack, "ours", count), await run(stack, "stock", count)];
  add({ name: `${count} subscribed, memory of the process`, unit: "MB", ours: ours.full, peer: stock.full, peerName: "stock graphql-ws", ratio: stock.full / ours.full, bar: `≤ ${barMb}`, ok: ours.full <= barMb, ...why });
  add({ name: "of it before the first connection", unit: "MB", ours: ours.empty, peer: stock.empty, peerName: "stock graphql-ws", bar: "context only", ok: true });
  const each = ({ full, empty }: { full: number; empty: number }): number => ((full - empty) * 1_024) / count;
  add({ name: "a connection with its subscription", unit: "kB", ours: each(ours), peer: each(stock), peerName: "stock graphql-ws", ratio: each(stock) / each(ours), bar: "context only", ok: true });
}

async function run(stack: TestApi, which: "ours" | "stock", count: number): Promise<{ empty: number; full: number }> {
  const server = await startServer(stack, which);
  const memory = async (): Promise<number> => {
    await wait(2_000);
    await ask(server.child, "collect");
    await wait(500);
    return (await ask<Usage>(server.child, "collect")).rss / megabyte;
  };
  try {
    const empty = await memory();
    const subscribers = await Subscribers.open({ port: server.port, count, groups: 10, query: eventQuery });
    try {
      return { empty, full: await memory() };
    } finally {
      await subscribers.close();
    }
  } finally {
    await server.stop();
  }
}
