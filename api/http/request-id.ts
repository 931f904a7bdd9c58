import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";

const storage = new AsyncLocalStorage<string>();

/** Runs with an id of its own, unless it has one: the answer names it, and so do the log's entries. */
export const withRequestId = <T>(run: () => T): T => (storage.getStore() === undefined ? storage.run(randomUUID(), run) : run());

export const requestId = (): string => storage.getStore() ?? randomUUID();
