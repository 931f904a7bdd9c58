import { chainOrderStatus } from "../../schema/chain-status.js";
import { sampleRows, type Sampler } from "./sample.js";

const statuses: readonly string[] = chainOrderStatus;
/** Hex digits of an order's commitment that the contract stores: 18 bytes. */
const commitmentDigits = 36;

export const orders: Sampler = async (options) => {
  const rows = await sampleRows<{ id: string; price: string; status: string; delivery_commitment: string | null }>(options, "trade_order", "id", 64);
  return rows.map((row) => ({
    name: `trade_order ${row.id}`,
    call: { view: "order", args: [row.id] },
    expected: {
      amount: row.price,
      status: `${statuses.indexOf(row.status)}`,
      commitment: (row.delivery_commitment ?? `0x${"0".repeat(64)}`).slice(0, 2 + commitmentDigits),
    },
  }));
};
