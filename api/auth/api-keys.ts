import type { DataSource } from "typeorm";
import { ApiKey } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import { parseRange, parseText, parseUuid } from "../input/parse.js";
import { hashToken, newToken } from "./token.js";
import type { ApiKeyScope } from "./viewer.js";

export const apiKeyPattern = /^glk_[A-Za-z0-9_-]{43}$/;
/** Keys of one account that work at once. */
export const maxKeys = 20;
export const maxDays = 366;
/** Longest time for which a rotated key still works, in seconds. */
export const maxGraceSeconds = 86_400;
const prefixLength = 10;

export interface IssuedKey {
  apiKey: ApiKey;
  secret: string;
}

const newKey = (): string => `glk_${newToken()}`;
const works = "revoked_at is null and expires_at > now()";

/** @throws AppError BAD_INPUT, LIMIT_EXCEEDED (too many keys) */
export async function createApiKey(database: DataSource, account: string, input: { name: string; scope: ApiKeyScope; days: number }): Promise<IssuedKey> {
  const secret = newKey();
  const values = [account, parseText("name", input.name, 100), input.scope, secret.slice(0, prefixLength), hashToken(secret), parseRange("days", input.days, 1, maxDays)];
  return database.transaction(async (manager) => {
    // One at a time an account, so that two requests at once do not both take the last place.
    await manager.query("select pg_advisory_xact_lock(hashtextextended($1, 9))", [account]);
    const [{ count } = { count: 0 }] = (await manager.query(`select count(*)::int as count from app.api_key where account = $1 and ${works}`, [account])) as { count: number }[];
    if (count >= maxKeys) throw new AppError("LIMIT_EXCEEDED", `An account has at most ${maxKeys} keys: revoke one.`, { details: { limit: maxKeys } });
    const [row] = (await manager.query(
      "insert into app.api_key (account, name, scope, prefix, token_hash, expires_at) values ($1, $2, $3, $4, $5, now() + make_interval(days => $6)) returning id",
      values,
    )) as { id: string }[];
    return { apiKey: await manager.getRepository(ApiKey).findOneByOrFail({ id: row!.id }), secret };
  });
}

/** A new secret for a key; the old one works for `graceSeconds` more. @throws AppError BAD_INPUT, NOT_FOUND (also for one that no longer works) */
export async function rotateApiKey(database: DataSource, account: string, id: string, graceSeconds: number): Promise<IssuedKey> {
  const secret = newKey();
  const [rows] = (await database.query(
    `update app.api_key set previous_hash = token_hash, previous_expires_at = now() + make_interval(secs => $5), token_hash = $3, prefix = $4
     where id = $1 and account = $2 and ${works} returning id`,
    [parseUuid("id", id), account, hashToken(secret), secret.slice(0, prefixLength), parseRange("graceSeconds", graceSeconds, 0, maxGraceSeconds)],
  )) as [{ id: string }[], number];
  const [row] = rows;
  if (!row) throw new AppError("NOT_FOUND", "No such key of yours works.");
  return { apiKey: await database.getRepository(ApiKey).findOneByOrFail({ id: row.id }), secret };
}

/** Stops a key at once. Again: the same answer. @throws AppError BAD_INPUT, NOT_FOUND */
export async function revokeApiKey(database: DataSource, account: string, id: string): Promise<ApiKey> {
  const own = { id: parseUuid("id", id), account };
  await database.query("update app.api_key set revoked_at = now() where id = $1 and account = $2 and revoked_at is null", [own.id, account]);
  const key = await database.getRepository(ApiKey).findOneBy(own);
  if (!key) throw new AppError("NOT_FOUND", "No such key of yours.");
  return key;
}

/** @returns null for one that is unknown, expired or revoked. */
export async function findApiKey(database: DataSource, secret: string): Promise<{ id: string; account: string; scope: ApiKeyScope } | null> {
  const [row] = (await database.query(
    `select id, account, scope from app.api_key where (token_hash = $1 or previous_hash = $1 and previous_expires_at > now()) and ${works}`,
    [hashToken(secret)],
  )) as { id: string; account: string; scope: ApiKeyScope }[];
  return row ?? null;
}

/** @returns whether the key still works; what it opened ends with it. */
export async function isApiKeyAlive(database: DataSource, id: string): Promise<boolean> {
  return ((await database.query(`select from app.api_key where id = $1 and ${works}`, [id])) as unknown[]).length > 0;
}
