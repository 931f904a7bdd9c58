import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { JsonRpcProvider, NonceManager, Wallet, hexlify } from "ethers";
import { z } from "zod";
import { readSecret32 } from "../../platform/secret-file.js";
import { AppError } from "../../schema/errors.js";
import { deploy } from "./deploy.js";

const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/);
const seconds = z.number().int().positive();
const delay = z.number().int().nonnegative();

/** The parameter file of a production deployment: `DeployParameters` as JSON. */
const parametersShape = z.strictObject({
  admin: address,
  registrar: address,
  pauser: address,
  treasurer: address,
  treasury: address,
  token: z.strictObject({ name: z.string().min(1), symbol: z.string().min(1) }),
  feeBps: z.number().int().min(0).max(2000),
  quorum: z.number().int().min(1).max(4),
  deliveryWindow: seconds,
  settleWindow: seconds,
  disputeWindow: seconds,
  maxPause: seconds,
  assignment: z.strictObject({ roundSeconds: seconds, seats: z.number().int().min(1).max(8), exclusiveSeconds: seconds }).exactOptional(),
  delays: z.strictObject({ admin: delay, registrar: delay, pauser: delay, treasurer: delay }),
  platform: z.array(z.strictObject({ account: address, roles: z.number().int().min(1).max(127) })),
});

/**
 * Deploys a market in production: `node dist/contracts/script/main.js --rpc URL --key-file FILE --parameters FILE --out FOLDER`.
 * The deployer's key comes from a file, never from the command line, and has no power left afterwards.
 */
async function main(): Promise<void> {
  const option = { type: "string" } as const;
  const { values } = parseArgs({ options: { rpc: option, "key-file": option, parameters: option, out: option } });
  const { rpc, "key-file": keyFile, parameters: parameterFile, out } = values;
  if (rpc === undefined || keyFile === undefined || parameterFile === undefined || out === undefined) {
    throw new AppError("BAD_INPUT", "Usage: main.js --rpc URL --key-file FILE --parameters FILE --out FOLDER");
  }
  const parameters = parametersShape.parse(JSON.parse(readFileSync(parameterFile, "utf8")));
  const provider = new JsonRpcProvider(rpc, undefined, { cacheTimeout: -1 });
  try {
    const signer = new NonceManager(new Wallet(hexlify(readSecret32(keyFile)), provider));
    process.stdout.write(`${JSON.stringify(await deploy({ signer, parameters, directory: out }), null, 2)}\n`);
  } finally {
    provider.destroy();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
