import type { ApiContext } from "../context.js";
import type { PreparedTransaction } from "../types/step.js";

/** A call of the market for the viewer's own wallet. */
export const call = ({ deps: { market } }: ApiContext, name: string, args: readonly unknown[]): PreparedTransaction => ({
  to: market.deployment.marketplace,
  data: market.marketplace.interface.encodeFunctionData(name, args),
  function: name,
});
