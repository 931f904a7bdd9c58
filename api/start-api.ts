import { createServer } from "node:http";
import type { z } from "zod";
import { connectChain } from "../platform/chain/connect-chain.js";
import { readDeployment } from "../platform/chain/deployment.js";
import type { processVariables } from "../platform/config/processes.js";
import { connectDatabase } from "../platform/database/connect.js";
import type { Logger } from "../platform/log.js";
import { openObjectStores } from "../platform/objects/open-object-store.js";
import { connectRedis } from "../platform/queue/connect-redis.js";
import { createQueues } from "../platform/queue/queues.js";
import { readSecret32 } from "../platform/secret-file.js";
import { startHealthServer } from "../platform/service/health-server.js";
import { listenHttp } from "../platform/service/listen-http.js";
import type { Shutdown } from "../platform/service/run-service.js";
import { keepLeases } from "./audit/keep-leases.js";
import { startAnalytics } from "./analytics/analytics.js";
import { buildApiSchema, printApiSchema } from "./build-schema.js";
import { trackFreshness } from "./chain/freshness.js";
import { readMarket } from "./chain/market.js";
import type { ApiDeps } from "./deps.js";
import { readCustodians } from "./custody/read-custodians.js";
import { readTrustedDocuments } from "./documents/trusted-documents.js";
import { listenToFeeds } from "./feed/feed-wakes.js";
import { createGraphqlHandler } from "./http/graphql-handler.js";
import { createRouter } from "./http/router.js";
import { attachWebSocket } from "./http/websocket.js";
import { LiveReader } from "./live/reader.js";
import { createBudget } from "./limits/budget.js";
import { createUsage } from "./limits/usage.js";
import { readinessChecks } from "./operator/health.js";
import { createPredictor } from "./price/predictor.js";
import { clearAbandoned } from "./temporary-folder.js";
import { createTusHandler } from "./uploads/tus-handler.js";
import { createUploadLocks } from "./uploads/upload-locks.js";

export type ApiEnv = Readonly<z.infer<z.ZodObject<(typeof processVariables)["api"]>>>;

/** No answer may keep a connection of the database longer than this, in ms. */
const statementTimeoutMs = 15_000;
const poolSize = 20;

export interface RunningApi {
  port: number;
  healthPort: number;
  deps: ApiDeps;
}

/** Builds everything and serves. What must be closed is registered with `shutdown`, as soon as it is open. */
export async function startApi(env: ApiEnv, log: Logger, shutdown: Shutdown): Promise<RunningApi> {
  const connectTimeoutMs = env.CONNECT_TIMEOUT_MS;
  const keys = { staging: readSecret32(env.STAGING_KEY_FILE), link: readSecret32(env.LINK_KEY_FILE), cursor: readSecret32(env.CURSOR_KEY_FILE) };
  const documents = readTrustedDocuments(env.TRUSTED_DOCUMENTS_FILE, env.ONLY_TRUSTED_DOCUMENTS === "on");
  const custodians = readCustodians(env.CUSTODIANS_FILE);
  const deployment = readDeployment(env.DEPLOYMENT_FILE);
  const schema = buildApiSchema();

  const database = await connectDatabase({ url: env.DATABASE_URL, service: "api", poolSize, connectTimeoutMs, statementTimeoutMs });
  shutdown.add("database", () => database.destroy());
  const predictor = await createPredictor(database);
  const redis = await connectRedis({ url: env.REDIS_URL, connectTimeoutMs });
  shutdown.add("redis", () => redis.disconnect());
  const queues = createQueues(redis);
  shutdown.add("queues", () => queues.close());
  const provider = await connectChain({ rpcUrl: env.RPC_URL, deployment, pollIntervalMs: env.POLL_INTERVAL_MS, connectTimeoutMs });
  shutdown.add("chain", () => provider.destroy());
  const objects = await openObjectStores(env.OBJECT_STORE_URL, env.REGION_STORES, { accessKeyFile: env.S3_ACCESS_KEY_FILE, secretKeyFile: env.S3_SECRET_KEY_FILE });
  shutdown.add("objects", () => objects.close());
  const market = await readMarket(provider, deployment, env.PUBLIC_RPC_URL ?? env.RPC_URL);
  const freshness = trackFreshness({ database, provider });
  const leases = keepLeases({ database, log });
  shutdown.add("leases", () => leases.close());
  const live = new LiveReader({ database, log });
  shutdown.add("live", () => live.close());
  let endSession: (id: string) => void = () => undefined;
  const wakes = await listenToFeeds({
    url: env.DATABASE_URL,
    log,
    onWake(feed) {
      if (feed === "chain_status" || feed === null) {
        freshness.invalidate();
        // For messages, which do not wait for it.
        freshness.now().catch(() => undefined);
      }
      if (feed === "market_event" || feed === null) leases.wake();
      live.wake(feed);
    },
    onSession: (id) => endSession(id),
  });
  shutdown.add("feeds", () => wakes.close());
  const locks = createUploadLocks({ url: env.DATABASE_URL, log });
  shutdown.add("upload locks", () => locks.close());

  const usage = createUsage(database, log);
  shutdown.add("usage", () => usage.close());
  clearAbandoned("export");
  const analytics = startAnalytics({ databaseUrl: env.DATABASE_URL, memoryMb: env.ANALYTICS_MEMORY_MB, log });
  shutdown.add("analytics", () => analytics.close());

  const deps: ApiDeps = {
    analytics,
    database,
    redis,
    queues,
    provider,
    market,
    objects,
    freshness,
    wakes,
    live,
    predictor,
    log,
    keys,
    publicUrl: env.PUBLIC_URL.replace(/\/+$/, ""),
    maxUploadBytes: env.MAX_UPLOAD_BYTES,
    custodians,
    uploadQuota: { bytesPerDay: env.UPLOAD_BYTES_PER_DAY, uploadsPerDay: env.UPLOADS_PER_DAY, atOnce: env.UPLOADS_AT_ONCE },
    linkTtlSeconds: env.LINK_TTL_SECONDS,
    directLinkSeconds: env.DIRECT_LINK_SECONDS,
    exportMaxBytes: env.EXPORT_MAX_BYTES,
    maxSocketsPerClient: env.MAX_SOCKETS_PER_CLIENT,
    limits: { budget: createBudget(redis), usage, costLimit: env.COST_LIMIT, budgets: { anonymous: env.ANONYMOUS_BUDGET, known: env.CLIENT_BUDGET } },
    documents,
    http: { trustedProxies: env.TRUSTED_PROXIES, corsOrigins: env.CORS_ORIGINS, introspection: env.INTROSPECTION === "on", hideInternals: env.NODE_ENV === "production", healthDataAccessBody: env.HEALTH_DATA_ACCESS_BODY ?? null },
  };

  const graphql = await createGraphqlHandler(schema, deps);
  shutdown.add("graphql", () => graphql.close());
  const server = createServer(createRouter(deps, graphql, createTusHandler(deps, locks), printApiSchema(schema)));
  // Longer than clients and proxies keep an idle connection: whoever closes first must not be us, or a request may cross the closing.
  server.keepAliveTimeout = 75_000;
  server.requestTimeout = 0; // an upload may take hours; GraphQL bodies have a time-out of their own
  const sockets = attachWebSocket(server, schema, deps);
  endSession = (id) => sockets.endSession(id);
  const port = await listenHttp(server, { host: env.HOST, port: env.PORT });
  shutdown.add("server", () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  shutdown.add("sockets", () => sockets.close());

  const health = await startHealthServer({
    host: env.HOST,
    port: env.HEALTH_PORT,
    service: "api",
    checks: readinessChecks(deps),
  });
  shutdown.add("health", () => health.close());
  log.info({ port, healthPort: health.port, url: deps.publicUrl }, "ready");
  return { port, healthPort: health.port, deps };
}
