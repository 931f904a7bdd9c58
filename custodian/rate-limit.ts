import { AppError } from "../schema/errors.js";

/** Counts what each address asks for in a stretch of time. @returns a function that throws RATE_LIMITED for one too many */
export function rateLimit(most: number, windowMs: number): (address: string) => void {
  let began = Date.now();
  const counts = new Map<string, number>();
  return (address) => {
    const now = Date.now();
    if (now - began >= windowMs) {
      counts.clear();
      began = now;
    }
    const count = (counts.get(address) ?? 0) + 1;
    counts.set(address, count);
    if (count > most) throw new AppError("RATE_LIMITED", "Too many requests.", { details: { retryAfterSeconds: Math.ceil((began + windowMs - now) / 1000) } });
  };
}
