import type { Market } from "./market.js";
import { typedData, type TypedData } from "./typed-data.js";

/** What the owner of a client-side upload signs. @param digest - `clientStatementDigest` of the statement */
export const clientStatementTypedData = ({ deployment }: Pick<Market, "deployment">, { uploadId, digest }: { uploadId: string; digest: string }): TypedData =>
  typedData(
    "ClientSideStatement",
    [
      { name: "uploadId", type: "string" },
      { name: "digest", type: "bytes32" },
    ],
    { name: "Galen Marketplace", version: "1", chainId: deployment.chainId, verifyingContract: deployment.marketplace },
    { uploadId, digest },
  );
