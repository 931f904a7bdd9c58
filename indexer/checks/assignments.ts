import { sampleRows, type Sampler } from "./sample.js";

const statuses = ["NONE", "REQUESTED", "DRAWN", "OPEN"];
/** `IAuditDraw.SecretStatus.REVEALED`. */
const revealed = "2";

/** What was drawn, or asked for, and which secrets were revealed. The drawn auditors themselves the contract keeps as slots. */
export const assignments: Sampler = async (options) => {
  const rows = await sampleRows<{ listing_id: string; status: string; round: string; failed_draws: number }>(options, "assignment", "listing_id", 64);
  const reveals = await sampleRows<{ id: string; round: string; auditor: string }>(options, "round_reveal", "id", 64, "added");
  return [
    ...rows.map((row) => ({
      name: `assignment ${row.listing_id}`,
      call: { of: "auditDraw" as const, view: "assignmentOf", args: [row.listing_id] },
      expected: { status: `${statuses.indexOf(row.status)}`, round: row.round, failedDraws: `${row.failed_draws}` },
    })),
    ...reveals.map(({ id, round, auditor }) => ({ name: `round_reveal ${id}`, call: { of: "auditDraw" as const, view: "secretOf", args: [round, auditor] }, expected: { value: revealed } })),
  ];
};
