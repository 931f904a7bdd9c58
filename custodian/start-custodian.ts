import { createServer } from "node:http";
import { join } from "node:path";
import { base64 } from "@scure/base";
import { connectChain } from "../platform/chain/connect-chain.js";
import { readDeployment } from "../platform/chain/deployment.js";
import type { Logger } from "../platform/log.js";
import { listenHttp } from "../platform/service/listen-http.js";
import type { Shutdown } from "../platform/service/run-service.js";
import { openChainView } from "./chain-view.js";
import { createCustodian } from "./custodian.js";
import { openIdentity } from "./identity.js";
import { openLog } from "./log.js";
import { serveCustodian } from "./serve.js";
import { openShares } from "./shares.js";

export interface CustodianOptions {
  /** Folder of keys, shares and log: the custodian's own, on a machine of its own. */
  readonly home: string;
  readonly name: string;
  /** Its address as providers and buyers see it. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** A node of the custodian's own: what it says is believed. */
  readonly rpcUrl: string;
  readonly deploymentFile: string;
  readonly finalityDepth: number;
  readonly unlistedDays: number;
}

const sweepEveryMs = 3_600_000;

/** Builds a custodian and serves it. @throws AppError CONFIG_INVALID, CHAIN_MISMATCH (no market at that address), COMMITMENT_MISMATCH (its log was changed), PORT_IN_USE */
export async function startCustodian(options: CustodianOptions, logger: Logger, shutdown: Shutdown): Promise<void> {
  const identity = await openIdentity(options.home, options);
  const deployment = readDeployment(options.deploymentFile);
  const log = openLog(join(options.home, "log.jsonl"), identity.seed, base64.decode(identity.told.publicKey));
  shutdown.add("log", () => log.close());
  const provider = await connectChain({ rpcUrl: options.rpcUrl, deployment });
  shutdown.add("chain", () => provider.destroy());
  const service = createCustodian({ identity, chain: openChainView(provider, deployment, options.finalityDepth), shares: openShares(join(options.home, "shares")), log, unlistedDays: options.unlistedDays });

  const sweep = (): void => {
    service.sweep().then(
      (count) => count > 0 && logger.info({ count }, "shares of records that were never listed were destroyed"),
      (error: unknown) => logger.warn({ error }, "the sweep failed; it comes again"),
    );
  };
  sweep();
  const timer = setInterval(sweep, sweepEveryMs);
  shutdown.add("sweep", () => clearInterval(timer));

  const server = createServer({ requestTimeout: 30_000, maxHeaderSize: 16_384 }, serveCustodian(identity.told, service, logger));
  const port = await listenHttp(server, options);
  shutdown.add("http", () => new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  }));
  logger.info({ port, name: options.name, chain: deployment.chainId, market: deployment.marketplace }, "the custodian is ready");
}
