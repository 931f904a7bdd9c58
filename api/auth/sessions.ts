import type { DataSource } from "typeorm";
import { AppError } from "../../schema/errors.js";
import { hashToken, newToken } from "./token.js";

export interface IssuedSession {
  accessToken: string;
  refreshToken: string;
  expiresAt: Date;
  account: string;
}

const accessSeconds = 15 * 60;
const refreshSeconds = 7 * 86_400;

const issued = (account: string, accessToken: string, refreshToken: string, row: { expires_at: Date }): IssuedSession => ({ accessToken, refreshToken, expiresAt: row.expires_at, account });

export async function openSession(database: DataSource, account: string): Promise<IssuedSession> {
  const [access, refresh] = [newToken(), newToken()];
  const [row] = (await database.query(
    `insert into app.session (account, token_hash, refresh_hash, expires_at, refresh_expires_at)
     values ($1, $2, $3, now() + make_interval(secs => $4), now() + make_interval(secs => $5)) returning expires_at`,
    [account, hashToken(access), hashToken(refresh), accessSeconds, refreshSeconds],
  )) as { expires_at: Date }[];
  return issued(account, access, refresh, row!);
}

/** The old pair stops working at once. @throws AppError UNAUTHENTICATED */
export async function refreshSession(database: DataSource, refreshToken: string): Promise<IssuedSession> {
  const [access, refresh] = [newToken(), newToken()];
  const [rows] = (await database.query(
    `update app.session set token_hash = $2, refresh_hash = $3, expires_at = now() + make_interval(secs => $4), refresh_expires_at = now() + make_interval(secs => $5)
     where refresh_hash = $1 and revoked_at is null and refresh_expires_at > now() returning account, expires_at`,
    [hashToken(refreshToken), hashToken(access), hashToken(refresh), accessSeconds, refreshSeconds],
  )) as [{ account: string; expires_at: Date }[], number];
  const row = rows[0];
  if (!row) throw new AppError("UNAUTHENTICATED", "The refresh token is unknown, used, expired or revoked: sign in again.");
  return issued(row.account, access, refresh, row);
}

export async function revokeSession(database: DataSource, sessionId: string): Promise<void> {
  await database.query("update app.session set revoked_at = now() where id = $1 and revoked_at is null", [sessionId]);
}

/** @returns the session that an access token opens; null for one that is malformed, unknown, expired or revoked. */
export async function findSession(database: DataSource, token: string): Promise<{ id: string; account: string } | null> {
  const [row] = (await database.query("select id, account from app.session where token_hash = $1 and revoked_at is null and expires_at > now()", [hashToken(token)])) as {
    id: string;
    account: string;
  }[];
  return row ?? null;
}
