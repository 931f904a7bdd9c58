import assert from "node:assert/strict";
import { test } from "node:test";
import { createLogger } from "../platform/log.js";
import { classifyError } from "../platform/service/classify-error.js";
import { AppError } from "../schema/errors.js";
import { isOutage } from "./is-outage.js";
import { startLoop } from "./loop.js";

const log = createLogger({ service: "test", level: "silent" });
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test("a loop goes on while there is work, waits when there is none, and turns at once when woken", async () => {
  let turns = 0;
  const loop = startLoop({ name: "test", everyMs: 60_000, turn: () => Promise.resolve(++turns < 5), log });
  await pause(50);
  assert.equal(turns, 5);
  loop.wake();
  await pause(50);
  assert.equal(turns, 6);
  await loop.close();
  loop.wake();
  await pause(20);
  assert.equal(turns, 6);
});

test("wakes after a turn are taken together once the gap is over, the first one after a rest at once", async () => {
  const turns: number[] = [];
  const loop = startLoop({ name: "test", everyMs: 60_000, gapMs: 300, turn: () => Promise.resolve(turns.push(Date.now()) < 0), log });
  await pause(400);
  assert.equal(turns.length, 1);
  for (let i = 0; i < 40; i++) {
    loop.wake();
    await pause(10);
  }
  await pause(400);
  await loop.close();
  assert.ok(turns.length >= 3 && turns.length <= 5, `${turns.length} turns for 40 wakes`);
  assert.ok(turns.slice(1).every((at, index) => at - turns[index]! >= 295), "none before the gap is over");
});

test("a wake during a turn is not lost", async () => {
  let turns = 0;
  const loop = startLoop({
    name: "test",
    everyMs: 60_000,
    log,
    turn: async () => {
      turns += 1;
      if (turns === 1) loop.wake();
      await pause(10);
      return false;
    },
  });
  await pause(100);
  assert.equal(turns, 2);
  await loop.close();
});

test("a turn that fails is tried again, ever more slowly, and wakes do not hurry it", async () => {
  let turns = 0;
  const loop = startLoop({ name: "test", everyMs: 1, turn: () => Promise.reject(new Error(`turn ${++turns}`)), log });
  for (let i = 0; i < 70; i++) {
    loop.wake();
    await pause(10);
  }
  assert.ok(turns >= 2 && turns <= 4, `${turns} turns`);
  await loop.close();
});

test("a lost database is told from a fault of ours", () => {
  const wrapped = Object.assign(new Error("terminating connection due to administrator command"), { driverError: Object.assign(new Error("x"), { code: "57P01" }) });
  for (const error of [wrapped, Object.assign(new Error("connect"), { code: "ECONNREFUSED" }), new Error("Connection terminated unexpectedly"), new Error("outer", { cause: Object.assign(new Error("x"), { code: "08006" }) })]) {
    const known = classifyError(error);
    assert.equal(known.code, "DATABASE_UNAVAILABLE");
    assert.equal(isOutage(known), true);
  }
  for (const error of [new Error("x"), Object.assign(new Error("duplicate key"), { code: "23505" }), "text", null]) {
    assert.equal(classifyError(error).code, "INTERNAL");
    assert.equal(isOutage(classifyError(error)), false);
  }
  const ours = new AppError("FORMAT_INVALID", "no");
  assert.equal(classifyError(ours), ours);
});
