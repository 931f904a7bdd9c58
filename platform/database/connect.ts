import "reflect-metadata";
import type { Pool } from "pg";
import { DataSource } from "typeorm";
import * as entities from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import { retryUntil } from "../retry.js";
import type { DatabaseOptions } from "./open-pool.js";
import { redactUrl } from "./redact-url.js";
import { SnakeNaming } from "./snake-naming.js";
import { CancellableClient } from "./statement-scope.js";

/** @throws AppError DATABASE_UNAVAILABLE when Postgres cannot be reached in time. */
export async function connectDatabase(options: DatabaseOptions): Promise<DataSource> {
  const source = new DataSource({
    type: "postgres",
    url: options.url,
    entities: Object.values(entities),
    namingStrategy: new SnakeNaming(),
    synchronize: false,
    applicationName: `galen-${options.service}`,
    poolSize: options.poolSize ?? 10,
    extra: { Client: CancellableClient, statement_timeout: options.statementTimeoutMs ?? 60_000, connectionTimeoutMillis: 5_000 },
  });
  try {
    await retryUntil(() => source.initialize(), { timeoutMs: options.connectTimeoutMs ?? 30_000 });
    (source.driver as unknown as { master: Pool }).master.on("release", (_error, client) => ((client as unknown as CancellableClient).scope = null));
    return source;
  } catch (cause) {
    throw new AppError("DATABASE_UNAVAILABLE", `Cannot reach Postgres at ${redactUrl(options.url)}.`, { cause });
  }
}
