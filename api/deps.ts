import type { JsonRpcProvider } from "ethers";
import type { Redis } from "ioredis";
import type { DataSource } from "typeorm";
import type { Logger } from "../platform/log.js";
import type { Custodians } from "../schema/custody.js";
import type { Analytics } from "./analytics/analytics.js";
import type { ObjectStore } from "../platform/objects/object-store.js";
import type { Queues } from "../platform/queue/queues.js";
import type { Freshness } from "./chain/freshness.js";
import type { Market } from "./chain/market.js";
import type { FeedWakes } from "./feed/feed-wakes.js";
import type { LiveReader } from "./live/reader.js";
import type { TrustedDocuments } from "./documents/trusted-documents.js";
import type { Limits } from "./limits/admit.js";
import type { UploadLimits } from "./uploads/quota.js";
import type { Predictor } from "./price/predictor.js";

/** What the API's parts work with. Built once, in `start-api.ts`. */
export interface ApiDeps {
  readonly database: DataSource;
  readonly redis: Redis;
  readonly queues: Queues;
  readonly provider: JsonRpcProvider;
  readonly market: Market;
  readonly objects: ObjectStore;
  readonly freshness: Freshness;
  readonly wakes: FeedWakes;
  readonly live: LiveReader;
  readonly predictor: Predictor;
  readonly analytics: Analytics;
  readonly log: Logger;
  readonly limits: Limits;
  readonly documents: TrustedDocuments;
  /** What the HTTP server is told by its configuration. */
  readonly http: { readonly trustedProxies: number; readonly corsOrigins: readonly string[]; readonly introspection: boolean; readonly hideInternals: boolean; readonly healthDataAccessBody: string | null };
  /** 32 bytes each. */
  readonly keys: { readonly staging: Uint8Array; readonly link: Uint8Array; readonly cursor: Uint8Array };
  /** The API's address as its users see it, without a slash at the end. */
  readonly publicUrl: string;
  readonly maxUploadBytes: number;
  /** Who keeps shares of file keys; null if nobody does. */
  readonly custodians: Custodians | null;
  /** Of one provider. */
  readonly uploadQuota: UploadLimits;
  readonly linkTtlSeconds: number;
  /** How long a reader of a payload is sent to the object store itself, seconds; 0 = never. */
  readonly directLinkSeconds: number;
  /** Most bytes of one export. */
  readonly exportMaxBytes: number;
  /** WebSockets of one address, and of one account. */
  readonly maxSocketsPerClient: number;
}
