import type { DataSource } from "typeorm";
import { Application } from "../../schema/entities/index.js";
import { Role } from "../../schema/market.js";
import { hydrate } from "../loaders/hydrate.js";

/** Longest list told at once. */
const limit = 500;

/** @returns answered applications of providers who gave a ring key and are accredited still. */
export async function ringCandidates(database: DataSource): Promise<Application[]> {
  const rows = (await database.query(
    `select a.* from app.application a join participant p on p.account = a.account and p.to_block is null and not p.revoked and (p.roles & ${Role.PROVIDER}) <> 0
     where a.ring_key is not null and p.credential_commitment = a.credential_commitment order by a.ring_key limit ${limit}`,
  )) as Record<string, unknown>[];
  return hydrate(database, Application, rows);
}
