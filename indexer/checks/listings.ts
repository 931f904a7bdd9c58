import { chainListingStatus } from "../../schema/chain-status.js";
import { sampleRows, type Sampler } from "./sample.js";

const statuses: readonly string[] = chainListingStatus;

export const listings: Sampler = async (options) => {
  const rows = await sampleRows<{ id: string; price: string; purposes: string; status: string }>(options, "listing", "id", 64);
  return rows.map((row) => ({
    name: `listing ${row.id}`,
    call: { view: "listing", args: [row.id] },
    expected: { price: row.price, purposes: row.purposes, status: `${statuses.indexOf(row.status)}` },
  }));
};
