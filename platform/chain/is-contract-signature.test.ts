import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AbiCoder, id, JsonRpcProvider, keccak256 } from "ethers";
import { withAnvil } from "../../test/support/with-anvil.js";
import type { TestProcess } from "../../test/support/with-postgres.js";
import { isContractSignature } from "./is-contract-signature.js";

let anvil: TestProcess;
let provider: JsonRpcProvider;
before(async () => {
  anvil = await withAnvil();
  provider = new JsonRpcProvider(anvil.url, undefined, { staticNetwork: true, cacheTimeout: -1 });
});
after(async () => {
  provider.destroy();
  await anvil.stop();
});

const hash = id("what was signed");
const signature = `0x${"5a".repeat(65)}`;
const wallet = `0x${"c0".repeat(20)}`;
/** Answers the selector in a word for the one call that it knows, and zeros for any other: CALLDATACOPY, KECCAK256, EQ, MUL, SHL, RETURN. */
const knowing = (call: string, bytes = "20"): string => `0x366000600037366000207f${keccak256(call).slice(2)}14631626ba7e0260e01b60005260${bytes}6000f3`;
const call = `0x1626ba7e${AbiCoder.defaultAbiCoder().encode(["bytes32", "bytes"], [hash, signature]).slice(2)}`;
const withCode = async (code: string): Promise<void> => void (await provider.send("anvil_setCode", [wallet, code]));

test("a contract says whether a signature is its own, by ERC-1271", async () => {
  assert.equal(await isContractSignature(provider, wallet, hash, signature), false, "no code stands there");
  await withCode(knowing(call));
  assert.equal(await isContractSignature(provider, wallet, hash, signature), true);
  assert.equal(await isContractSignature(provider, wallet, id("something else"), signature), false);
  assert.equal(await isContractSignature(provider, wallet, hash, `0x${"5b".repeat(65)}`), false);
  for (const malformed of ["0x", "0x5", "none", `0x${"5a".repeat(4_097)}`]) assert.equal(await isContractSignature(provider, wallet, hash, malformed), false);
  await withCode(knowing(call, "04"));
  assert.equal(await isContractSignature(provider, wallet, hash, signature), false, "four bytes are no answer");
  await withCode("0x60006000fd");
  assert.equal(await isContractSignature(provider, wallet, hash, signature), false, "it reverts");
});
