import { readFileSync } from "node:fs";
import { z } from "zod";
import { AppError } from "../../schema/errors.js";

const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/);

const deploymentShape = z.object({
  chainId: z.number().int().positive(),
  marketplace: address,
  token: address,
  accessManager: address,
  /** Assigns auditors by lot; a market may have none. */
  auditDraw: address.optional(),
  /** First block that can hold an event of ours. */
  deployBlock: z.number().int().nonnegative(),
});

/** Where our contracts stand on one chain: `deployments/<chainId>.json`, as the deploy script writes it. */
export type Deployment = Readonly<z.infer<typeof deploymentShape>>;

/** @throws AppError CONFIG_INVALID if the file is missing or malformed. */
export function readDeployment(path: string): Deployment {
  try {
    return Object.freeze(deploymentShape.parse(JSON.parse(readFileSync(path, "utf8"))));
  } catch (cause) {
    throw new AppError("CONFIG_INVALID", `DEPLOYMENT_FILE ${path} is missing or malformed; run the deploy script first.`, { cause });
  }
}
