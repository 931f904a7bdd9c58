import { setMaxListeners } from "node:events";
import { join } from "node:path";
import { runCommand } from "./command.js";

/** A person of the demo: an own folder and key, and no more than the public addresses. Each of their commands is a process of its own. */
export interface Actor {
  readonly name: string;
  /** Runs a command of this person. The caller says what shape it prints. @throws CommandFailedError */
  run<Result>(...args: string[]): Promise<Result>;
  /** As run, with each JSON line told as it comes. */
  watch(onLine: (value: unknown) => void, ...args: string[]): Promise<void>;
  /** As watch, until `cut` aborts: then the process is killed, as a power failure would. @returns whether it was */
  watchUntilCut(onLine: (value: unknown) => void, cut: AbortSignal, ...args: string[]): Promise<boolean>;
}

export interface Cast {
  actor(name: string): Actor;
  /** Runs a command of the platform's operator, who reaches its database. @throws CommandFailedError */
  operate<Result>(...args: string[]): Promise<Result>;
  /** Resolves when no command of anybody runs any more. */
  ended(): Promise<void>;
}

/** @param api - null until the stack is up: an account can be made without it. */
export function createCast(options: { folder: string; api: () => string | null; database?: () => string | null; signal: AbortSignal }): Cast {
  const flags = (name: string): string[] => {
    const api = options.api();
    return ["--json", "--profile", join(options.folder, name), ...(api === null ? [] : ["--api", api])];
  };
  // One listener for each command under way: there may well be more than ten.
  setMaxListeners(0, options.signal);
  const running = new Set<Promise<unknown>>();
  const until = async (command: Promise<unknown>): Promise<unknown> => {
    running.add(command);
    try {
      return await command;
    } finally {
      running.delete(command);
    }
  };
  const run = (name: string, args: readonly string[], onLine?: (value: unknown) => void, cut?: AbortSignal): Promise<unknown> =>
    until(runCommand([...args, ...flags(name)], { signal: options.signal, ...(onLine ? { onLine } : {}), ...(cut ? { cut } : {}) }));
  return {
    actor: (name) => ({
      name,
      async run<Result>(...args: string[]): Promise<Result> {
        return (await run(name, args)) as Result;
      },
      async watch(onLine, ...args) {
        await run(name, args, onLine);
      },
      async watchUntilCut(onLine, cut, ...args) {
        try {
          await run(name, args, onLine, cut);
          return false;
        } catch (error) {
          if (cut.aborted) return true;
          throw error;
        }
      },
    }),
    async operate<Result>(...args: string[]): Promise<Result> {
      return (await until(runCommand(args, { signal: options.signal, env: { DATABASE_URL: options.database?.() ?? "" } }))) as Result;
    },
    async ended() {
      await Promise.allSettled(running);
    },
  };
}
