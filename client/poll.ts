import { AppError } from "../schema/errors.js";

/** Between two looks, in ms. */
const pauseMs = 150;

/**
 * Looks until there is an answer.
 * @param look - the answer, or in words what is still missing.
 * @throws AppError NOT_READY with those words in time-out; what `look` throws, at once.
 */
export async function poll<T extends object>(timeoutMs: number, look: () => Promise<T | string>): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (typeof seen !== "string") return seen;
    if (Date.now() > end) throw new AppError("NOT_READY", seen);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
