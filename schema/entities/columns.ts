import type { ValueTransformer } from "typeorm";

/** Postgres bigint and numeric(78,0) ↔ bigint, exactly. */
export const bigintColumn: ValueTransformer = {
  to: (value: unknown): unknown => (typeof value === "bigint" ? value.toString() : value),
  from: (value: unknown): unknown => (typeof value === "string" || typeof value === "number" ? BigInt(value) : value),
};
