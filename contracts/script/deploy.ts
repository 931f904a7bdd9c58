import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AbiCoder, Contract, ZeroAddress, concat, getCreateAddress, id, keccak256, type InterfaceAbi, type Provider, type Signer, type TransactionRequest } from "ethers";
import { packageRoot } from "../../platform/package-root.js";
import { accessManagerAbi } from "../../schema/abi/access-manager.js";
import { marketplaceAbi } from "../../schema/abi/marketplace.js";
import { AppError } from "../../schema/errors.js";
import { ParticipantKind } from "../../schema/market.js";

/** AccessManager roles of the market; ADMIN is 0. */
export const AdminRole = { ADMIN: 0n, REGISTRAR: 1n, PAUSER: 2n, TREASURER: 3n } as const;

/** What a market is made with. Addresses are 0x hex; times and delays are seconds. */
export interface DeployParameters {
  /** Final administrator; the deployer renounces. Default: the deployer stays. */
  admin?: string;
  registrar: string;
  pauser: string;
  treasurer: string;
  /** Who is credited the fees. */
  treasury: string;
  token: { name: string; symbol: string };
  /** Hundredths of a percent. */
  feeBps: number;
  /** Auditors' votes that decide, 1 to 4. */
  quorum: number;
  deliveryWindow: number;
  settleWindow: number;
  /** How long auditors have to decide a dispute. Default: a week. */
  disputeWindow?: number;
  maxPause: number;
  /** Auditors are assigned by lot (contracts/src/AuditDraw.sol). Default: every auditor may vote on every listing. */
  assignment?: {
    /** Length of a round: even. */
    roundSeconds: number;
    /** Auditors drawn for a listing: the quorum to 8. */
    seats: number;
    /** How long only they may vote. */
    exclusiveSeconds: number;
  };
  /** Execution delays of the AccessManager; all 0 in development. */
  delays: { admin: number; registrar: number; pauser: number; treasurer: number };
  /** Accounts of the platform's services, with their role bits (`Role`), registered as PLATFORM. */
  platform: { account: string; roles: number }[];
}

/** `deployments/<chainId>.json`. */
export interface Deployment {
  chainId: number;
  accessManager: string;
  token: string;
  marketplace: string;
  /** The contract that assigns auditors by lot, if the market has one. */
  auditDraw?: string;
  /** Block of the first transaction: nothing of this market is older. */
  deployBlock: number;
  /** keccak256 of the creation bytecodes of all contracts: which version of them it is. */
  version: string;
  /** keccak256 of each contract's code on the chain. */
  codeHashes: CodeHashes;
}

interface CodeHashes {
  accessManager: string;
  token: string;
  marketplace: string;
  auditDraw?: string;
}

export interface DeployOptions {
  /** Sends everything, at gas price 0. Needs a provider. */
  signer: Signer;
  parameters: DeployParameters;
  /** Where `<chainId>.json` is read and written. */
  directory: string;
}

/**
 * Deploys a market, or finds it: run again it sends only what is missing.
 * @throws AppError CHAIN_MISMATCH if other code is at a recorded address; CONFLICT if the record is of another version of
 * the contracts (a new version is a new market: move the record away); TX_REVERTED if a transaction fails.
 */
export async function deploy({ signer, parameters, directory }: DeployOptions): Promise<Deployment> {
  const provider = signer.provider;
  if (provider === null) throw new AppError("BAD_INPUT", "The deployer's signer has no provider.");
  const bytecode = readBytecode();
  const chainId = Number((await provider.getNetwork()).chainId);
  const file = join(directory, `${chainId}.json`);
  const version = keccak256(concat([bytecode.AccessManager, bytecode.PaymentToken, bytecode.Marketplace, bytecode.AuditDraw]));

  let deployment = await findDeployment(provider, file, version);
  if (deployment === undefined) {
    deployment = await create(signer, provider, parameters, bytecode, chainId, version);
    mkdirSync(directory, { recursive: true });
    // Written before the administration is set up, so that a run that was killed is taken up where it stopped.
    writeFileSync(`${file}.new`, `${JSON.stringify(deployment, null, 2)}\n`);
    renameSync(`${file}.new`, file);
  }
  await administer(signer, provider, parameters, deployment);
  return deployment;
}

/** @returns the recorded deployment if it is on this chain; undefined if there is no record, or the chain was started anew. */
async function findDeployment(provider: Provider, file: string, version: string): Promise<Deployment | undefined> {
  let recorded: Deployment;
  try {
    recorded = JSON.parse(readFileSync(file, "utf8")) as Deployment;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new AppError("CONFLICT", `${file} is not a deployment record.`, { cause: error });
  }
  const hashes = await codeHashes(provider, recorded);
  const empty = keccak256("0x");
  if (Object.values(hashes).every((hash) => hash === empty)) return undefined;
  for (const name of ["accessManager", "token", "marketplace", "auditDraw"] as const) {
    if (hashes[name] !== recorded.codeHashes[name]) {
      throw new AppError("CHAIN_MISMATCH", `The code at ${name} ${recorded[name]} is not what ${file} records.`);
    }
  }
  if (recorded.version !== version) {
    throw new AppError("CONFLICT", `${file} records another version of the contracts: a new version is a new market, so move the record away first.`);
  }
  return recorded;
}

async function create(
  signer: Signer,
  provider: Provider,
  parameters: DeployParameters,
  bytecode: Bytecode,
  chainId: number,
  version: string,
): Promise<Deployment> {
  const from = await signer.getAddress();
  const first = await provider.getTransactionCount(from, "pending");
  const [accessManager, token, marketplace, auditDraw] = [0, 1, 2, 3].map((i) => getCreateAddress({ from, nonce: first + i })) as [string, string, string, string];
  const { assignment } = parameters;
  const abi = AbiCoder.defaultAbiCoder();
  const config = [accessManager, token, parameters.treasury, parameters.feeBps, parameters.quorum, parameters.deliveryWindow, parameters.settleWindow, parameters.disputeWindow ?? 7 * 86_400, parameters.maxPause, assignment ? auditDraw : ZeroAddress];
  const creations = [
    concat([bytecode.AccessManager, abi.encode(["address"], [from])]),
    concat([bytecode.PaymentToken, abi.encode(["string", "string", "address"], [parameters.token.name, parameters.token.symbol, accessManager])]),
    concat([bytecode.Marketplace, abi.encode(["tuple(address,address,address,uint16,uint8,uint40,uint40,uint40,uint40,address)"], [config])]),
  ];
  if (assignment) {
    const args = [marketplace, assignment.roundSeconds, assignment.seats, assignment.exclusiveSeconds];
    creations.push(concat([bytecode.AuditDraw, abi.encode(["address", "uint40", "uint8", "uint40"], args)]));
  }
  let deployBlock = Infinity;
  for (const data of creations) deployBlock = Math.min(deployBlock, await send(signer, provider, { data }));
  const addresses = { accessManager, token, marketplace, ...(assignment ? { auditDraw } : {}) };
  return { chainId, ...addresses, deployBlock, version, codeHashes: await codeHashes(provider, addresses) };
}

/** Brings roles and platform accounts to what the parameters say; sends nothing when they are so. */
async function administer(signer: Signer, provider: Provider, parameters: DeployParameters, deployment: Deployment): Promise<void> {
  const from = await signer.getAddress();
  const manager = new Contract(deployment.accessManager, accessManagerAbi as InterfaceAbi, provider);
  const market = new Contract(deployment.marketplace, marketplaceAbi as InterfaceAbi, provider);
  const call = (name: string, args: unknown[]): string => manager.interface.encodeFunctionData(name, args);
  const hasRole = async (role: bigint, account: string): Promise<boolean> => ((await manager.getFunction("hasRole")(role, account)) as [boolean, bigint])[0];
  const admin = parameters.admin ?? from;
  // Only the administrator can set anything up; once the deployer has handed over there is nothing left to do here.
  if (!(await hasRole(AdminRole.ADMIN, from))) return;

  const selectors = (signatures: string[]): string[] => signatures.map((signature) => id(signature).slice(0, 10));
  const functionRoles: [target: string, signatures: string[], role: bigint][] = [
    [deployment.marketplace, [market.interface.getFunction("registerParticipants")!.format("sighash"), "revokeParticipants(address[])", "registerRing(uint256[],uint16,uint32)", "revokeRing(bytes32)"], AdminRole.REGISTRAR],
    [deployment.marketplace, ["pause()", "unpause()"], AdminRole.PAUSER],
    [deployment.token, ["mint(address,uint256,bytes32)", "burn(uint256,bytes32)"], AdminRole.TREASURER],
  ];
  const setup: string[] = [];
  for (const [target, signatures, role] of functionRoles) {
    for (const selector of selectors(signatures)) {
      const current = (await manager.getFunction("getTargetFunctionRole")(target, selector)) as bigint;
      if (current !== role) setup.push(call("setTargetFunctionRole", [target, [selector], role]));
    }
  }

  const missing: { account: string; roles: number }[] = [];
  for (const entry of parameters.platform) {
    if (!((await market.getFunction("isAccredited")(entry.account, entry.roles)) as boolean)) missing.push(entry);
  }
  const registersItself = parameters.registrar.toLowerCase() === from.toLowerCase();
  if (missing.length > 0) setup.push(call("grantRole", [AdminRole.REGISTRAR, from, 0]));
  if (setup.length > 0) await send(signer, provider, { to: deployment.accessManager, data: call("multicall", [setup]) });
  if (missing.length > 0) {
    const now = (await provider.getBlock("latest"))!.timestamp;
    const registrations = missing.map(({ account, roles }) => ({
      account,
      institution: id("galen:platform"),
      roles,
      kind: ParticipantKind.PLATFORM,
      auditorSlot: 0,
      validUntil: now + 10 * 365 * 86_400,
      credentialCommitment: id(`galen:platform:${account.toLowerCase()}`),
      recipientCommitment: `0x${"00".repeat(20)}`,
    }));
    await send(signer, provider, { to: deployment.marketplace, data: market.interface.encodeFunctionData("registerParticipants", [registrations]) });
  }

  const handOver: string[] = [];
  if (!registersItself && (await hasRole(AdminRole.REGISTRAR, from))) handOver.push(call("revokeRole", [AdminRole.REGISTRAR, from]));
  const grants: [role: bigint, account: string, delay: number][] = [
    [AdminRole.REGISTRAR, parameters.registrar, parameters.delays.registrar],
    [AdminRole.PAUSER, parameters.pauser, parameters.delays.pauser],
    [AdminRole.TREASURER, parameters.treasurer, parameters.delays.treasurer],
    [AdminRole.ADMIN, admin, parameters.delays.admin],
  ];
  for (const [role, account, delay] of grants) {
    if (!(await hasRole(role, account))) handOver.push(call("grantRole", [role, account, delay]));
  }
  if (admin.toLowerCase() !== from.toLowerCase()) handOver.push(call("renounceRole", [AdminRole.ADMIN, from]));
  if (handOver.length > 0) await send(signer, provider, { to: deployment.accessManager, data: call("multicall", [handOver]) });
}

/** @returns the block it was mined in */
async function send(signer: Signer, provider: Provider, request: TransactionRequest): Promise<number> {
  const response = await signer.sendTransaction({ ...request, type: 0, gasPrice: 0n });
  for (;;) {
    const receipt = await provider.getTransactionReceipt(response.hash);
    if (receipt?.status === 1) return receipt.blockNumber;
    if (receipt !== null) throw new AppError("TX_REVERTED", `A transaction of the deployment failed: ${response.hash}.`);
    // ethers' own waiting polls every 4 s.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function codeHashes(provider: Provider, addresses: Pick<Deployment, keyof CodeHashes>): Promise<CodeHashes> {
  const hashOf = async (address: string): Promise<string> => keccak256(await provider.getCode(address));
  const { accessManager, token, marketplace, auditDraw } = addresses;
  return {
    accessManager: await hashOf(accessManager),
    token: await hashOf(token),
    marketplace: await hashOf(marketplace),
    ...(auditDraw === undefined ? {} : { auditDraw: await hashOf(auditDraw) }),
  };
}

type Bytecode = Record<"AccessManager" | "PaymentToken" | "Marketplace" | "AuditDraw", string>;

/** Reads the committed creation bytecode. */
function readBytecode(): Bytecode {
  return JSON.parse(readFileSync(join(packageRoot(), "schema/abi/bytecode.json"), "utf8")) as Bytecode;
}
