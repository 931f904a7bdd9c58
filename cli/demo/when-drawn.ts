import { CommandFailedError } from "./command.js";

/** Asks until the draw is there: rounds take their time, and three may fail. */
export async function whenDrawn<Result>(ask: () => Promise<Result>): Promise<Result> {
  for (const end = Date.now() + 120_000; ; await new Promise((resolve) => setTimeout(resolve, 1_000))) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof CommandFailedError && error.code === "NOT_FOUND") || Date.now() > end) throw error;
    }
  }
}
