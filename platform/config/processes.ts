import { pick } from "./variables.js";

const every = ["NODE_ENV", "LOG_LEVEL", "CONNECT_TIMEOUT_MS"] as const;
const served = ["HOST", "HEALTH_PORT"] as const;
const chain = ["RPC_URL", "DEPLOYMENT_FILE", "FINALITY_DEPTH", "POLL_INTERVAL_MS"] as const;
const vault = ["VAULT_ADDR", "VAULT_TOKEN_FILE", "VAULT_TRANSIT_MOUNT", "VAULT_TRANSIT_KEY", "VAULT_NAMESPACE"] as const;
const objects = ["OBJECT_STORE_URL", "REGION_STORES", "S3_ACCESS_KEY_FILE", "S3_SECRET_KEY_FILE"] as const;

/** What each of our processes reads from its environment: the indexer cannot read a key, the api no signing key of the chain. */
export const processVariables = {
  migrate: pick(...every, "DATABASE_URL"),
  indexer: pick(...every, ...served, ...chain, "DATABASE_URL", "RPC_FALLBACK_URLS"),
  api: pick(...every, ...served, ...chain, ...objects, "PORT", "PUBLIC_URL", "PUBLIC_RPC_URL", "DATABASE_URL", "REDIS_URL", "MAX_UPLOAD_BYTES", "UPLOAD_BYTES_PER_DAY", "UPLOADS_PER_DAY", "UPLOADS_AT_ONCE",
    "STAGING_KEY_FILE", "LINK_KEY_FILE", "CURSOR_KEY_FILE", "CUSTODIANS_FILE", "COST_LIMIT", "ANONYMOUS_BUDGET", "CLIENT_BUDGET", "TRUSTED_PROXIES", "INTROSPECTION", "TRUSTED_DOCUMENTS_FILE", "ONLY_TRUSTED_DOCUMENTS", "CORS_ORIGINS", "HEALTH_DATA_ACCESS_BODY",
    "LINK_TTL_SECONDS", "DIRECT_LINK_SECONDS", "EXPORT_MAX_BYTES", "MAX_SOCKETS_PER_CLIENT", "ANALYTICS_MEMORY_MB"),
  workers: pick(...every, ...served, ...chain, ...objects, ...vault, "DATABASE_URL", "REDIS_URL", "MAX_UPLOAD_BYTES", "STAGING_KEY_FILE", "DEDUP_KEY_FILE", "KEYRING_FILE",
    "RELAYER_KEY_FILE", "DELIVERER_KEY_FILE", "ANCHORER_KEY_FILE", "ACCESS_EVENTS", "RETRAIN_HOURS"),
} as const;
