import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Contract, Interface, JsonRpcProvider, Wallet } from "ethers";
import { deploy } from "../contracts/script/deploy.js";
import { paymentTokenAbi } from "../schema/abi/payment-token.js";
import { AppError } from "../schema/errors.js";
import { withAnvil } from "../test/support/with-anvil.js";
import { asRevert, send } from "./contracts.js";

test("a refusal is told by its name, also where another contract than the one that was called gave it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "galen-contracts-"));
  const anvil = await withAnvil();
  const provider = new JsonRpcProvider(anvil.url, undefined, { cacheTimeout: -1, polling: true, pollingInterval: 50 });
  try {
    const admin = Wallet.createRandom().connect(provider);
    const { marketplace, token } = await deploy({
      signer: admin, directory: folder,
      parameters: {
        registrar: admin.address, pauser: admin.address, treasurer: admin.address, treasury: admin.address, token: { name: "Test Dollar", symbol: "tUSD" },
        feeBps: 250, quorum: 2, deliveryWindow: 3_600, settleWindow: 3_600, maxPause: 7_200, delays: { admin: 0, registrar: 0, pauser: 0, treasurer: 0 }, platform: [],
      },
    });
    const poor = Wallet.createRandom();
    const reason = (name: string) => (error: unknown): boolean => error instanceof AppError && error.code === "TX_REVERTED" && error.details["reason"] === name && error.message.includes(name);
    const pay = send(new Contract(token, paymentTokenAbi, provider), poor, "transfer", [marketplace, 5n]);
    await assert.rejects(pay, reason("ERC20InsufficientBalance"));
    // As a caller sees it who does not know which contract it was.
    const data = new Interface(paymentTokenAbi).encodeFunctionData("transfer", [marketplace, 5n]);
    const unnamed: unknown = await provider.call({ from: poor.address, to: token, data }).catch((error: unknown) => error);
    assert.ok(reason("ERC20InsufficientBalance")(asRevert(unnamed)), String(unnamed));
    const other = new Error("no refusal");
    assert.equal(asRevert(other), other);
  } finally {
    provider.destroy();
    await anvil.stop();
    rmSync(folder, { recursive: true });
  }
});
