import type { Custodians } from "./custodians.js";
import type { Step } from "./trade.js";

/** The last step of a demo with custodians. */
export const custodiansTell = (custodians: Custodians): Step => ({
  name: "the custodians' own logs tell to whom they released shares",
  async run() {
    const logs = await custodians.logs();
    const released = (kind: string): number => logs.filter((log) => log.some((entry) => entry.event === "RELEASED" && entry.kind === kind)).length;
    if (released("ORDER") < custodians.threshold || released("AUDIT") < custodians.threshold) throw new Error(`Shares were released by ${released("AUDIT")} custodians to auditors, by ${released("ORDER")} to the buyer.`);
  },
});
