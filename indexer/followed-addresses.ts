import type { Deployment } from "../platform/chain/deployment.js";

/** @returns the contracts whose events are indexed: the market, and what assigns its auditors, if it has that. */
export const followedAddresses = ({ marketplace, auditDraw }: Deployment): string[] => [marketplace, ...(auditDraw === undefined ? [] : [auditDraw])];
