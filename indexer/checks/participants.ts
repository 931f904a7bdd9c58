import { sampleRows, type Sampler } from "./sample.js";

interface Row {
  account: string;
  roles: number;
  kind: number;
  auditor_slot: number;
  generation: string;
  valid_until: string;
  institution: string;
  credential_commitment: string;
  recipient_commitment: string;
}

export const participants: Sampler = async (options) => {
  const rows = await sampleRows<Row>(options, "participant", "account", 40);
  return rows.map((row) => ({
    name: `participant ${row.account}`,
    call: { view: "participant", args: [row.account] },
    expected: {
      ...{ roles: `${row.roles}`, kind: `${row.kind}`, auditorSlot: `${row.auditor_slot}`, generation: row.generation, validUntil: row.valid_until },
      ...{ institution: row.institution, credentialCommitment: row.credential_commitment, recipientCommitment: row.recipient_commitment },
    },
  }));
};
