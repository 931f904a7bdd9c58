import assert from "node:assert/strict";
import { test } from "node:test";
import { qbftExtraData } from "./qbft-genesis.js";

test("the extra data is that of Besu's own documented example", () => {
  // https://besu.hyperledger.org/private-networks/how-to/configure/consensus/qbft: four validators
  const validators = ["0x4592c8e45706cc08b8f44b11e43cba0cfc5892cb", "0x06e23768a0f59cf365e18c2e0c89e151bcdedc70", "0xc5327f96ee02d7bcbc1bf1236b8c15148971e1de", "0xab5e7f4061c605820d3744227eed91ff8e2c8908"];
  const documented =
    "0xf87aa00000000000000000000000000000000000000000000000000000000000000000f854944592c8e45706cc08b8f44b11e43cba0cfc5892cb9406e23768a0f59cf365e18c2e0c89e151bcdedc7094c5327f96ee02d7bcbc1bf1236b8c15148971e1de94ab5e7f4061c605820d3744227eed91ff8e2c8908c080c0";
  assert.equal(qbftExtraData(validators), documented);
});
