import { z } from "zod";

const port = z.coerce.number().int().min(0).max(65535);
const file = z.string().min(1);

function parseRegionStores(text: string, context: z.RefinementCtx): ReadonlyMap<number, string> {
  const stores = new Map<number, string>();
  for (const part of text.split(",")) {
    const [, region, url] = /^\s*(\d{1,3})=((?:file|s3):\/\/\S+)$/.exec(part) ?? [];
    if (url === undefined || Number(region) < 1 || stores.has(Number(region))) {
      context.addIssue("REGION_STORES is a list of <region>=<file or s3 address>, each region once");
      return z.NEVER;
    }
    stores.set(Number(region), url);
  }
  return stores;
}

/** Every environment variable that any of our processes reads. README's table is checked against it. */
export const variables = {
  NODE_ENV: z.enum(["development", "test", "production"]).default("development").describe("production hides internals and refuses development defaults"),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info").describe("lowest level that is logged"),
  HOST: z.string().default("127.0.0.1").describe("address that the HTTP servers listen on"),
  PORT: port.default(4000).describe("the API's port"),
  HEALTH_PORT: port.default(0).describe("port of /health, /ready and /metrics; 0 = any free one"),
  PUBLIC_URL: z.url().describe("the API's address as its users see it; signing in is bound to its host"),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).describe("Postgres 16 or later"),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).describe("Redis 7 with noeviction"),
  RPC_URL: z.url({ protocol: /^https?$/ }).describe("JSON-RPC address of a chain node"),
  RPC_FALLBACK_URLS: z.string().transform((text) => text.split(",").map((url) => url.trim())).pipe(z.array(z.url({ protocol: /^https?$/ }))).optional().describe("further nodes of the same chain, comma-separated: the indexer turns to them when RPC_URL fails, lags or disagrees"),
  PUBLIC_RPC_URL: z.url({ protocol: /^https?$/ }).optional().describe("JSON-RPC address told to buyers and auditors; RPC_URL if unset"),
  DEPLOYMENT_FILE: file.describe("deployments/<chainId>.json as the deploy script wrote it"),
  FINALITY_DEPTH: z.coerce.number().int().min(0).max(10_000).default(2).describe("blocks behind the head that are taken as final"),
  POLL_INTERVAL_MS: z.coerce.number().int().min(5).max(60_000).default(50).describe("how often the chain's head is asked for"),
  OBJECT_STORE_URL: z.url({ protocol: /^(file|s3)$/ }).describe("file:///folder, or s3://bucket?endpoint=…&region=…&pathStyle=true&publicEndpoint=…"),
  REGION_STORES: z.string().transform(parseRegionStores).default(() => new Map<number, string>()).describe("stores that records of a region must not leave: 276=s3://…,756=file:///…, with the ISO 3166-1 number that uploads name"),
  S3_ACCESS_KEY_FILE: file.optional().describe("file with the S3 access key id; the AWS default chain if unset"),
  S3_SECRET_KEY_FILE: file.optional().describe("file with the S3 secret key"),
  MAX_UPLOAD_BYTES: z.coerce.number().int().positive().default(5_000_000_000).describe("largest file that may be uploaded"),
  UPLOAD_BYTES_PER_DAY: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(200_000_000_000).describe("bytes that one provider may upload in 24 hours; 0 = no limit"),
  UPLOADS_PER_DAY: z.coerce.number().int().min(0).max(10_000_000).default(5_000).describe("uploads that one provider may begin in 24 hours; 0 = no limit"),
  UPLOADS_AT_ONCE: z.coerce.number().int().min(0).max(1_000_000).default(500).describe("uploads that one provider may have begun and not sent whole; 0 = no limit"),
  STAGING_KEY_FILE: file.describe("key that wraps the keys of staged uploads (32 bytes, hex)"),
  LINK_KEY_FILE: file.describe("key that signs download links (32 bytes, hex)"),
  CURSOR_KEY_FILE: file.describe("key that signs cursors (32 bytes, hex)"),
  CUSTODIANS_FILE: file.optional().describe("JSON of the custodians (name, url, recipient, publicKey) and the threshold of threshold custody; none if unset"),
  DEDUP_KEY_FILE: file.describe("key of the content hash (32 bytes, hex)"),
  KEYRING_FILE: file.describe("the platform's identities and key-encryption keys, mode 0600"),
  VAULT_ADDR: z.url({ protocol: /^https?$/ }).optional().describe("HashiCorp Vault that holds the key-encryption key; the keyring file holds it if unset"),
  VAULT_TOKEN_FILE: file.optional().describe("file with Vault's token, as a Vault Agent keeps it; needed with VAULT_ADDR"),
  VAULT_TRANSIT_MOUNT: z.string().regex(/^[\w/-]+$/).default("transit").describe("where Vault's transit engine is mounted"),
  VAULT_TRANSIT_KEY: z.string().regex(/^[\w-]+$/).default("galen").describe("name of the transit key, of type aes256-gcm96"),
  VAULT_NAMESPACE: z.string().min(1).optional().describe("namespace of Vault Enterprise"),
  RELAYER_KEY_FILE: file.describe("private key of the relayer (32 bytes, hex)"),
  DELIVERER_KEY_FILE: file.describe("private key of the deliverer (32 bytes, hex)"),
  ANCHORER_KEY_FILE: file.describe("private key of the access-log anchorer (32 bytes, hex)"),
  ACCESS_EVENTS: z.enum(["off", "each"]).default("each").describe("each = every access is told on the chain by an event of its own; off = by the anchors of batches alone"),
  RETRAIN_HOURS: z.coerce.number().int().min(0).max(8_760).default(24).describe("hours between trainings of the price model from settled sales; 0 = by hand alone (galen model train)"),
  LINK_TTL_SECONDS: z.coerce.number().int().min(1).max(86_400).default(900).describe("how long a download link lives"),
  DIRECT_LINK_SECONDS: z.coerce.number().int().min(0).max(3_600).default(0).describe("how long a reader of a payload alone is sent to the object store itself (S3, presigned); 0 = the API passes all bytes on"),
  EXPORT_MAX_BYTES: z.coerce.number().int().min(1_000).max(1_000_000_000_000).default(1_000_000_000).describe("most bytes of one export"),
  MAX_SOCKETS_PER_CLIENT: z.coerce.number().int().min(1).max(1_000_000).default(1_000).describe("WebSockets that one address, and one account, may have open at one API process"),
  COST_LIMIT: z.coerce.number().int().min(0).max(1_000_000_000).default(20_000).describe("most that one operation of GraphQL may be estimated to cost; 0 = no limit"),
  ANONYMOUS_BUDGET: z.coerce.number().int().min(0).max(1_000_000_000_000).default(60_000).describe("cost that one address may ask for in a minute without signing in; 0 = no limit"),
  CLIENT_BUDGET: z.coerce.number().int().min(0).max(1_000_000_000_000).default(300_000).describe("cost that one account, or one API key, may ask for in a minute; 0 = no limit"),
  TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0).describe("proxies before the API whose X-Forwarded-For is believed"),
  INTROSPECTION: z.enum(["on", "off"]).default("on").describe("whether the schema can be asked for by GraphQL; /schema.graphql serves it in any case"),
  TRUSTED_DOCUMENTS_FILE: file.optional().describe("JSON of SHA-256 → text: operations that may be sent by their hash alone"),
  ONLY_TRUSTED_DOCUMENTS: z.enum(["on", "off"]).default("off").describe("on = nothing but the trusted documents is run"),
  CORS_ORIGINS: z.string().transform((text) => text.split(",").map((origin) => origin.trim())).pipe(z.array(z.union([z.literal("*"), z.url({ protocol: /^https?$/ })])).min(1)).default(["*"]).describe("origins whose pages may ask, comma-separated; * = any: tokens travel in a header, never in a cookie"),
  HEALTH_DATA_ACCESS_BODY: z.string().trim().min(1).max(200).optional().describe("name of the health data access body (EHDS) that the catalogue tells; none is designated if unset"),
  ANALYTICS_MEMORY_MB: z.coerce.number().int().min(0).max(65_536).default(64).describe("memory of the API's columnar engine; 0 = none, and Postgres answers for it"),
  CONNECT_TIMEOUT_MS: z.coerce.number().int().min(0).max(600_000).default(30_000).describe("how long a process waits for Postgres, Redis and the chain at start"),
} as const;

/** Picks the variables of one process, so that it cannot even read the others. */
export function pick<Name extends keyof typeof variables>(...names: Name[]): Pick<typeof variables, Name> {
  return Object.fromEntries(names.map((name) => [name, variables[name]])) as Pick<typeof variables, Name>;
}
