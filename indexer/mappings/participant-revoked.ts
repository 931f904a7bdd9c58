import type { Mapping } from "../mapping.js";

/** ParticipantRevoked → all roles are gone at once, as the contract stores it. */
export const participantRevoked: Mapping<"ParticipantRevoked"> = {
  reads: ({ account }) => ({ participant: account }),
  subjects: ({ account }) => ({ account }),
  apply({ args: { account } }, state) {
    const participant = state.participant(account);
    if (!participant) return "PARTICIPANT_UNKNOWN";
    return [{ table: "participant", row: { ...participant, roles: 0, validUntil: 0n, revoked: true } }];
  },
};
