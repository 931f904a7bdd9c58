import assert from "node:assert/strict";
import { test } from "node:test";
import { Interface, type InterfaceAbi, type ParamType, type Result } from "ethers";
import fc from "fast-check";
import { marketplaceAbi } from "../schema/abi/marketplace.js";
import { generatedLog, seededRandom } from "../test/support/generated-logs.js";
import { decodeLog } from "./decode-log.js";
import { mappings } from "./mappings/index.js";

const market = new Interface(marketplaceAbi as InterfaceAbi);
const position = { blockNumber: 1, blockHash: "0x1", blockTime: new Date(0), transactionHash: "0x2", logIndex: 0 };

/** What ethers makes of a value, in our types. */
function expected(value: unknown, type: ParamType): unknown {
  if (type.isTuple()) return Object.fromEntries(type.components.map((inner, index) => [inner.name, expected((value as Result)[index], inner)]));
  if (type.isArray()) return Array.from(value as Result, (item: unknown) => expected(item, type.arrayChildren));
  if (typeof value === "bigint") return ["uint8", "uint16", "uint32"].includes(type.type) ? Number(value) : value;
  return typeof value === "string" ? value.toLowerCase() : value;
}

test("every event decodes as ethers decodes it, and nothing throws", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const { topics, data } = generatedLog(seededRandom(seed));
      const event = decodeLog({ ...position, topics, data });
      const fragment = topics[0] === undefined ? null : market.getEvent(topics[0]);
      if (!fragment) return assert.equal(event.name, "Unknown");
      let parsed: Result | null;
      try {
        parsed = market.decodeEventLog(fragment, data, topics);
      } catch {
        parsed = null;
      }
      if (parsed === null) return assert.equal(event.args === null && event.reason, "UNDECODABLE");
      assert.deepEqual(event.args, Object.fromEntries(fragment.inputs.map((input, index) => [input.name, expected(parsed[index], input)])));
    }),
    { numRuns: 500 },
  );
});

test("dirty padding, missing topics and wrong lengths are undecodable", () => {
  const event = market.encodeEventLog("Repriced", [`0x${"11".repeat(32)}`, 5]);
  const spoilt = [
    { topics: event.topics, data: `0x01${event.data.slice(4)}` },
    { topics: event.topics.slice(0, 1), data: event.data },
    { topics: event.topics, data: `${event.data}00` },
    { topics: event.topics, data: "0x" },
  ];
  for (const log of spoilt) {
    const decoded = decodeLog({ ...position, ...log });
    assert.equal(decoded.args === null && decoded.reason, "UNDECODABLE");
  }
  const vote = market.encodeEventLog("Voted", [`0x${"11".repeat(32)}`, `0x${"22".repeat(20)}`, true, 1]);
  assert.equal(decodeLog({ ...position, topics: vote.topics, data: `0x${"0".repeat(63)}2${vote.data.slice(66)}` }).args, null);
});

test("every event of the ABI is mapped", () => {
  const names = marketplaceAbi.filter(({ type }) => type === "event").map((event) => ("name" in event ? event.name : ""));
  assert.deepEqual(Object.keys(mappings).sort(), [...names].sort());
});
