import { parseAddress } from "../../input/parse.js";
import type { AuditQueueFilter } from "../../types/live.js";
import type { LiveSource } from "../live-query.js";
import { auditList, disputeList } from "../waiting-list.js";
import { waitingQueue } from "./waiting-queue.js";

/** Listings that wait for the auditors, with who works on them. */
export const auditQueue: LiveSource<{ where?: AuditQueueFilter | null }> = (deps, { where }) => {
  const { dataKind, region, provider } = where ?? {};
  const providers = provider?.map((value) => parseAddress("provider", value));
  return waitingQueue(deps, {
    scope: "auditQueue",
    list: auditList,
    lanes: ["head", "activity"],
    matches({ payload }) {
      const listed = payload as { dataKind: number; provider: string; terms: { region: number } };
      return (dataKind?.includes(listed.dataKind) ?? true) && (region?.includes(listed.terms.region) ?? true) && (providers?.includes(listed.provider) ?? true);
    },
  });
};

/** Orders whose delivery is disputed. */
export const disputeQueue: LiveSource<object> = (deps) => waitingQueue(deps, { scope: "disputeQueue", list: disputeList, lanes: ["head"], matches: () => true });
