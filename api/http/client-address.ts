import type { IncomingMessage } from "node:http";

/** @returns the address of who asks. @param trustedProxies - how many proxies stand before us: only they add to X-Forwarded-For what is believed. */
export function clientAddress(request: IncomingMessage, trustedProxies: number): string {
  const direct = request.socket.remoteAddress ?? "";
  if (trustedProxies === 0) return direct;
  const told = [request.headers["x-forwarded-for"] ?? []].flat().join(",").split(",").map((each) => each.trim()).filter((each) => each !== "");
  return told.at(-trustedProxies) ?? direct;
}
