import type { AppError, ErrorCode } from "../schema/errors.js";

const outages: readonly ErrorCode[] = ["DATABASE_UNAVAILABLE", "REDIS_UNAVAILABLE", "CHAIN_UNAVAILABLE", "OBJECT_STORE_UNAVAILABLE", "KEY_STORE_UNAVAILABLE", "NOT_READY"];

/** A service that a job needs is away: the job is not at fault, and is not given up for it. */
export const isOutage = ({ code }: AppError): boolean => outages.includes(code);
