import { setFlagsFromString } from "node:v8";
import { readDeployment } from "../platform/chain/deployment.js";
import { parseEnv } from "../platform/config/parse-env.js";
import { processVariables } from "../platform/config/processes.js";
import { openPool } from "../platform/database/open-pool.js";
import { createLogger } from "../platform/log.js";
import { retryUntil } from "../platform/retry.js";
import { startHealthServer } from "../platform/service/health-server.js";
import { runService } from "../platform/service/run-service.js";
import { AppError } from "../schema/errors.js";
import { ChainRpc } from "./chain-rpc.js";
import { IndexerMetrics } from "./indexer-metrics.js";
import { readinessChecks } from "./readiness.js";
import { IndexerHealth, runIndexer } from "./run-indexer.js";
import { watchNodes } from "./watch-nodes.js";
import { watchSelf } from "./watch-self.js";

/** Pause between two samples of the self-check, in ms. */
const selfCheckMs = 5_000;
/** Pause between two looks at the nodes, in ms. */
const nodeWatchMs = 2_000;

// Some 50 MB are live; V8 would let the heap grow to three and four times that before it looks for garbage. Two and a half times is enough: it takes hardly more time, and 40 MB less.
setFlagsFromString("--heap-growing-percent=150");

await runService("indexer", async (shutdown) => {
  const env = parseEnv(processVariables.indexer, process.env);
  const log = createLogger({ service: "indexer", level: env.LOG_LEVEL });
  const deployment = readDeployment(env.DEPLOYMENT_FILE);
  const health = new IndexerHealth();
  const server = await startHealthServer({ host: env.HOST, port: env.HEALTH_PORT, service: "indexer", checks: readinessChecks(health) });
  shutdown.add("health server", () => server.close());

  const pool = await openPool({ url: env.DATABASE_URL, service: "indexer", poolSize: 2, connectTimeoutMs: env.CONNECT_TIMEOUT_MS });
  shutdown.add("database", () => pool.end());
  const rpc = new ChainRpc(env.RPC_URL, ...(env.RPC_FALLBACK_URLS ?? []));
  shutdown.add("chain", () => rpc.close());
  // A node that is not there at start is waited for, and then refused with a clear error; later it is waited for without end.
  await retryUntil(() => rpc.chainId(), { timeoutMs: env.CONNECT_TIMEOUT_MS, retryable: (error) => error instanceof AppError && error.retryable, signal: shutdown.signal });

  const metrics = new IndexerMetrics(server.metrics);
  const shared = { pool, rpc, deployment, log, signal: shutdown.signal, metrics, health };
  const checking = watchSelf({ ...shared, everyMs: selfCheckMs });
  shutdown.add("self-check", () => checking);
  const watching = watchNodes({ ...shared, chainId: deployment.chainId, finalityDepth: env.FINALITY_DEPTH, everyMs: nodeWatchMs });
  shutdown.add("nodes", () => watching);
  const running = runIndexer({
    ...shared,
    finalityDepth: env.FINALITY_DEPTH,
    pollIntervalMs: env.POLL_INTERVAL_MS,
    mayForget: env.NODE_ENV !== "production",
  });
  // The transaction under way is finished first, so that nothing is half done and the lock is free at once.
  shutdown.add("indexer", () => running.catch(() => undefined));
  log.info({ port: server.port, marketplace: deployment.marketplace, chainId: deployment.chainId }, "started");
  await running;
});
