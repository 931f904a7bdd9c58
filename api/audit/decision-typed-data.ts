import type { Market } from "../chain/market.js";
import { typedData, type TypedData } from "../chain/typed-data.js";

/** What an auditor signs; `IAudit.voteBySignatures` in contracts/ is the source of the shape. */
export interface AuditVotes {
  listingIds: readonly string[];
  approve: boolean;
  reason: number;
  /** Unix seconds. */
  deadline: bigint;
}

export const decisionTypedData = ({ deployment }: Pick<Market, "deployment">, { listingIds, approve, reason, deadline }: AuditVotes): TypedData =>
  typedData(
    "AuditVotes",
    [
      { name: "listingIds", type: "bytes32[]" },
      { name: "approve", type: "bool" },
      { name: "reason", type: "uint16" },
      { name: "deadline", type: "uint256" },
    ],
    { name: "Galen Marketplace", version: "1", chainId: deployment.chainId, verifyingContract: deployment.marketplace },
    { listingIds, approve, reason: String(reason), deadline: deadline.toString() },
  );
