import { isCallException, type Interface } from "ethers";

/** @returns the contract's custom error in words, e.g. `ListingNotTradable(0x…)`, or null if the failure is no revert. */
export function revertReason(error: unknown, contract: Interface): string | null {
  const seen = error as { data?: unknown; info?: { error?: { data?: unknown; message?: string } }; shortMessage?: string };
  const data = [seen.data, seen.info?.error?.data].find((each): each is string => typeof each === "string" && each.startsWith("0x") && each.length >= 10);
  if (data !== undefined) {
    const parsed = contract.parseError(data);
    return parsed ? `${parsed.name}(${parsed.args.map(String).join(", ")})` : `unknown error ${data.slice(0, 10)}`;
  }
  if (isCallException(error)) return error.reason ?? error.shortMessage;
  return null;
}
