import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Contract, JsonRpcProvider, Wallet, ZeroAddress, type InterfaceAbi } from "ethers";
import { startAnvil, type RunningAnvil } from "../../platform/embedded/anvil.js";
import { accessManagerAbi } from "../../schema/abi/access-manager.js";
import { auditDrawAbi } from "../../schema/abi/audit-draw.js";
import { marketplaceAbi } from "../../schema/abi/marketplace.js";
import { AppError } from "../../schema/errors.js";
import { Role } from "../../schema/market.js";
import { AdminRole, deploy, type DeployParameters } from "./deploy.js";

const folder = mkdtempSync(join(tmpdir(), "galen-deploy-"));
const accounts = Object.fromEntries(
  ["registrar", "pauser", "treasurer", "treasury", "relayer", "deliverer", "admin"].map((name) => [name, Wallet.createRandom().address]),
) as Record<string, string>;
const parameters = {
  admin: accounts["admin"]!,
  registrar: accounts["registrar"]!,
  pauser: accounts["pauser"]!,
  treasurer: accounts["treasurer"]!,
  treasury: accounts["treasury"]!,
  token: { name: "Test Dollar", symbol: "tUSD" },
  feeBps: 250,
  quorum: 2,
  deliveryWindow: 86_400,
  settleWindow: 3_600,
  disputeWindow: 604_800,
  maxPause: 7_200,
  delays: { admin: 86_400, registrar: 0, pauser: 0, treasurer: 60 },
  platform: [
    { account: accounts["relayer"]!, roles: Role.RELAYER },
    { account: accounts["deliverer"]!, roles: Role.DELIVERER | Role.ANCHORER },
  ],
} satisfies DeployParameters;

let anvil: RunningAnvil;
let provider: JsonRpcProvider;

before(async () => {
  anvil = await startAnvil({ home: folder });
  provider = new JsonRpcProvider(anvil.url, undefined, { cacheTimeout: -1 });
});
after(async () => {
  provider.destroy();
  await anvil.stop();
  rmSync(folder, { recursive: true });
});

test("an unfunded key deploys a market, hands it over, and a second run sends nothing", async () => {
  const signer = Wallet.createRandom(provider);
  const deployment = await deploy({ signer, parameters, directory: join(folder, "a") });
  const manager = new Contract(deployment.accessManager, accessManagerAbi as InterfaceAbi, provider);
  const market = new Contract(deployment.marketplace, marketplaceAbi as InterfaceAbi, provider);

  assert.equal(await market.getFunction("quorum")(), 2n);
  assert.equal(await market.getFunction("token")(), deployment.token);
  assert.equal(await market.getFunction("auditorDraw")(), ZeroAddress);
  assert.equal(deployment.auditDraw, undefined);
  assert.equal(await market.getFunction("isAccredited")(accounts["relayer"], Role.RELAYER), true);
  assert.equal(await market.getFunction("isAccredited")(accounts["deliverer"], Role.DELIVERER | Role.ANCHORER), true);
  for (const role of Object.values(AdminRole)) {
    const [has] = (await manager.getFunction("hasRole")(role, signer.address)) as [boolean, bigint];
    assert.equal(has, false, `the deployer keeps role ${role}`);
  }
  const [, delay] = (await manager.getFunction("hasRole")(AdminRole.TREASURER, accounts["treasurer"])) as [boolean, bigint];
  assert.equal(delay, 60n);

  const sent = await signer.getNonce();
  assert.deepEqual(await deploy({ signer, parameters, directory: join(folder, "a") }), deployment);
  assert.equal(await signer.getNonce(), sent);
});

test("with auditors by lot, market and draw name each other, and the draw's code is recorded", async () => {
  const signer = Wallet.createRandom(provider);
  const directory = join(folder, "lot");
  const assigned = { ...parameters, assignment: { roundSeconds: 600, seats: 3, exclusiveSeconds: 3_600 } };
  const deployment = await deploy({ signer, parameters: assigned, directory });
  const market = new Contract(deployment.marketplace, marketplaceAbi as InterfaceAbi, provider);
  const draw = new Contract(deployment.auditDraw!, auditDrawAbi as InterfaceAbi, provider);
  assert.equal(await market.getFunction("auditorDraw")(), deployment.auditDraw);
  assert.equal(await draw.getFunction("market")(), deployment.marketplace);
  const [roundSeconds, seats, exclusiveSeconds] = await Promise.all(["roundSeconds", "seats", "exclusiveSeconds"].map((name) => draw.getFunction(name)() as Promise<bigint>));
  assert.deepEqual([roundSeconds, seats, exclusiveSeconds], [600n, 3n, 3_600n]);
  assert.match(deployment.codeHashes.auditDraw!, /^0x[0-9a-f]{64}$/);

  const sent = await signer.getNonce();
  assert.deepEqual(await deploy({ signer, parameters: assigned, directory }), deployment);
  assert.equal(await signer.getNonce(), sent);
  writeFileSync(join(directory, `${deployment.chainId}.json`), JSON.stringify({ ...deployment, auditDraw: deployment.token }));
  await assert.rejects(deploy({ signer, parameters: assigned, directory }), (error) => error instanceof AppError && error.code === "CHAIN_MISMATCH");
});

test("a run that was killed before the administration was set up is taken up", async () => {
  const signer = Wallet.createRandom(provider);
  const directory = join(folder, "b");
  const kept = { ...parameters, admin: signer.address };
  const first = await deploy({ signer, parameters: { ...kept, platform: [] }, directory });
  const market = new Contract(first.marketplace, marketplaceAbi as InterfaceAbi, provider);
  assert.equal(await market.getFunction("isAccredited")(accounts["relayer"], Role.RELAYER), false);
  assert.deepEqual(await deploy({ signer, parameters: kept, directory }), first);
  assert.equal(await market.getFunction("isAccredited")(accounts["relayer"], Role.RELAYER), true);
});

test("a record of another version, or of other code, is refused", async () => {
  const signer = Wallet.createRandom(provider);
  const directory = join(folder, "c");
  const deployment = await deploy({ signer, parameters, directory });
  const file = join(directory, `${deployment.chainId}.json`);
  const refusedWith = (code: string) => (error: unknown) => error instanceof AppError && error.code === code;
  writeFileSync(file, JSON.stringify({ ...deployment, version: `0x${"11".repeat(32)}` }));
  await assert.rejects(deploy({ signer, parameters, directory }), refusedWith("CONFLICT"));
  writeFileSync(file, JSON.stringify({ ...deployment, token: deployment.marketplace }));
  await assert.rejects(deploy({ signer, parameters, directory }), refusedWith("CHAIN_MISMATCH"));
});

test("the production command takes its key from a file", () => {
  const main = fileURLToPath(new URL("./main.js", import.meta.url));
  writeFileSync(join(folder, "key"), `${Wallet.createRandom().privateKey}\n`, { mode: 0o600 });
  writeFileSync(join(folder, "parameters.json"), JSON.stringify(parameters));
  const args = [main, "--rpc", anvil.url, "--key-file", join(folder, "key"), "--parameters", join(folder, "parameters.json"), "--out", join(folder, "d")];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  assert.deepEqual(JSON.parse(stdout), JSON.parse(readFileSync(join(folder, "d", "31337.json"), "utf8")));
});
