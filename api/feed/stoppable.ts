/**
 * Makes an iterator of a generator that waits on a signal: `return()` (the client unsubscribes, or its socket is gone) aborts
 * the signal first. A generator's own `return()` would stay queued behind the wait.
 */
export function stoppable<Value>(make: (signal: AbortSignal) => AsyncGenerator<Value, void, undefined>, outer?: AbortSignal): AsyncIterableIterator<Value> {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  if (outer?.aborted) abort();
  outer?.addEventListener("abort", abort, { once: true });
  const generator = make(controller.signal);
  const end = (): void => {
    abort();
    outer?.removeEventListener("abort", abort);
  };
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      const result = await generator.next();
      if (result.done) end();
      return result;
    },
    async return() {
      end();
      await generator.return();
      return { value: undefined, done: true };
    },
    async throw(error: unknown) {
      end();
      return generator.throw(error);
    },
  };
}
