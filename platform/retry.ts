/**
 * Tries until it works or `timeoutMs` is over, with growing pauses (50 ms to 2 s).
 * @throws the last error when time is over; at once when `retryable` says no.
 */
export async function retryUntil<T>(attempt: () => Promise<T>, options: { timeoutMs: number; retryable?: (error: unknown) => boolean; signal?: AbortSignal }): Promise<T> {
  const end = Date.now() + options.timeoutMs;
  for (let pause = 50; ; pause = Math.min(pause * 2, 2_000)) {
    try {
      return await attempt();
    } catch (error) {
      if (options.retryable?.(error) === false || Date.now() + pause > end || options.signal?.aborted) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
