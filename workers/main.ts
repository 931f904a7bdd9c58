import { Wallet } from "ethers";
import { connectChain } from "../platform/chain/connect-chain.js";
import { readDeployment } from "../platform/chain/deployment.js";
import { parseEnv } from "../platform/config/parse-env.js";
import { processVariables } from "../platform/config/processes.js";
import { connectDatabase } from "../platform/database/connect.js";
import { createLogger } from "../platform/log.js";
import { openObjectStores } from "../platform/objects/open-object-store.js";
import { connectRedis } from "../platform/queue/connect-redis.js";
import { createQueues } from "../platform/queue/queues.js";
import { retryUntil } from "../platform/retry.js";
import { readSecret32 } from "../platform/secret-file.js";
import { startHealthServer } from "../platform/service/health-server.js";
import { runService } from "../platform/service/run-service.js";
import { nodeCrypto } from "../crypto/node.js";
import { newest } from "../crypto/custody/keyring.js";
import { createServing, predict, queryOf } from "../ml-model/predict.js";
import { AppError } from "../schema/errors.js";
import { startDispatch } from "./dispatch.js";
import { keyStore } from "./key-store.js";
import { openPlatformKeyring } from "./open-platform-keyring.js";
import { openMarket } from "./market.js";
import { publishCustody } from "./publish-custody.js";
import { startSenders } from "./senders.js";
import { startJobs } from "./start-jobs.js";

await runService("workers", async (shutdown) => {
  const env = parseEnv(processVariables.workers, process.env);
  const log = createLogger({ service: "workers", level: env.LOG_LEVEL });
  const connectTimeoutMs = env.CONNECT_TIMEOUT_MS;

  // Local files first: what is wrong there is said without waiting for a service.
  const deployment = readDeployment(env.DEPLOYMENT_FILE);
  const stagingKey = readSecret32(env.STAGING_KEY_FILE);
  const dedupKey = readSecret32(env.DEDUP_KEY_FILE);
  const keyring = await openPlatformKeyring(env.KEYRING_FILE, env.NODE_ENV, log);
  shutdown.add("keyring", () => keyring.close());
  const { kek } = keyStore(env, keyring);
  const walletOf = (file: string): Wallet => new Wallet(`0x${Buffer.from(readSecret32(file)).toString("hex")}`);
  const wallets = { RELAYER: walletOf(env.RELAYER_KEY_FILE), DELIVERER: walletOf(env.DELIVERER_KEY_FILE), ANCHORER: walletOf(env.ANCHORER_KEY_FILE) };

  const database = await connectDatabase({ url: env.DATABASE_URL, service: "workers", poolSize: 24, connectTimeoutMs });
  shutdown.add("database", () => database.destroy());
  const redis = await connectRedis({ url: env.REDIS_URL, connectTimeoutMs });
  shutdown.add("redis", () => redis.disconnect());
  const provider = await connectChain({ rpcUrl: env.RPC_URL, deployment, pollIntervalMs: env.POLL_INTERVAL_MS, connectTimeoutMs });
  shutdown.add("chain", () => provider.destroy());
  const objects = await openObjectStores(env.OBJECT_STORE_URL, env.REGION_STORES, { accessKeyFile: env.S3_ACCESS_KEY_FILE, secretKeyFile: env.S3_SECRET_KEY_FILE });
  shutdown.add("objects", () => objects.close());
  // A token or key name that is wrong is told now, and not by the first record.
  await retryUntil(() => kek.currentVersion(), { timeoutMs: connectTimeoutMs, retryable: (error) => error instanceof AppError && error.retryable });

  const market = openMarket(provider, deployment);
  const queues = createQueues(redis);
  shutdown.add("queues", () => queues.close());
  const health = await startHealthServer({
    host: env.HOST,
    port: env.HEALTH_PORT,
    service: "workers",
    checks: {
      database: () => answered(database.query("select 1")),
      redis: () => redis.status === "ready" || "not connected",
      chain: () => answered(provider.getBlockNumber()),
      objects: () => answered(objects.ping()),
      keys: () => answered(kek.currentVersion()),
    },
  });
  shutdown.add("health", () => health.close());

  const serving = createServing(queryOf(database));
  // Damaged weights are told now, and not by the first record.
  const champion = await serving.champion();
  const fileKeys = nodeCrypto.createKeyWrapper(kek, () => keyring.current().identities);
  await publishCustody(database, fileKeys);
  const jobs = startJobs({
    database, objects, market, redis, log, metrics: health.metrics, stagingKey, dedupKey, fileKeys,
    signingKey: () => newest(keyring.current().signingKeys).value,
    predict: async (input) => predict(await serving.champion(), input),
    databaseUrl: env.DATABASE_URL,
    ending: shutdown.signal,
    accessEvents: env.ACCESS_EVENTS,
    maxBytes: env.MAX_UPLOAD_BYTES,
  });
  shutdown.add("jobs", () => jobs.close());
  const senders = startSenders({ database, provider, wallets, chainId: deployment.chainId, finalityDepth: env.FINALITY_DEPTH, market, log });
  shutdown.add("senders", () => senders.close());
  const dispatch = await startDispatch({ database, databaseUrl: env.DATABASE_URL, objects, queues, market, accessEvents: env.ACCESS_EVENTS, retrainHours: env.RETRAIN_HOURS, relayer: wallets.RELAYER.address, log, onOutbox: (role) => senders.wake(role) });
  shutdown.add("dispatch", () => dispatch.close());
  log.info({ healthPort: health.port, model: champion.version }, "workers are ready");
});

/** A check that holds when the service answers at all. */
function answered(question: Promise<unknown>): Promise<true> {
  return question.then(() => true);
}
