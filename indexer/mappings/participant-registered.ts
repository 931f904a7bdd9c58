import { Role } from "../../schema/market.js";
import type { Change } from "../rows.js";
import type { Mapping } from "../mapping.js";

/** ParticipantRegistered → a new or renewed registration. Who held the auditor slot until then (expired, or the contract would refuse) is no auditor any more. */
export const participantRegistered: Mapping<"ParticipantRegistered"> = {
  reads: ({ account, roles, auditorSlot }) => (roles & Role.AUDITOR ? { participant: account, auditorSlot } : { participant: account }),
  subjects: ({ account }) => ({ account }),
  apply({ args }, state) {
    const changes: Change[] = [];
    const holder = args.roles & Role.AUDITOR ? state.auditorOf(args.auditorSlot) : undefined;
    if (holder && holder.account !== args.account) changes.push({ table: "participant", row: { ...holder, roles: holder.roles & ~Role.AUDITOR } });
    const { account, institution, roles, kind, auditorSlot, validUntil, credentialCommitment, recipientCommitment } = args;
    const generation = BigInt(args.generation);
    changes.push({
      table: "participant",
      row: { account, institution, roles, kind, auditorSlot, generation, validUntil, revoked: false, credentialCommitment, recipientCommitment },
    });
    return changes;
  },
};
