import { createClient as createSocketClient, type Client as SocketClient } from "graphql-ws";
import { AppError } from "../schema/errors.js";
import { fromGraphQLError, type GalenClient, type Operation } from "./client.js";

export interface WatchOptions<Data, Variables> {
  variables: Variables;
  /** Reads the cursor of a message; with it a lost connection is resumed where it ended. Without it the subscription begins anew. */
  cursorOf?: (data: Data) => string;
  signal?: AbortSignal;
  /** Node before 22 has no WebSocket: pass `ws`. */
  webSocket?: unknown;
  /** Told of each lost connection before it is opened again. */
  onReconnect?: (error: unknown) => void;
}

/** Messages held for a slow reader before the socket is paused by closing it; it is resumed from the cursor. */
const bufferLimit = 1_000;
const firstPauseMs = 100;
const longestPauseMs = 5_000;

/**
 * A subscription that outlives its connections: it resumes after the last message handed over, so that nothing is lost and nothing comes twice.
 * Ends when the server completes it or `signal` aborts.
 * @throws AppError when the server refuses the operation (it is not tried again then).
 */
export async function* watch<Data, Variables extends { after?: string }>(client: GalenClient, operation: Operation<Data, Variables>, options: WatchOptions<Data, Variables>): AsyncGenerator<Data, void, undefined> {
  let after = options.variables.after;
  let pause = firstPauseMs;
  while (!options.signal?.aborted) {
    const socket = createSocketClient({
      url: `${client.apiUrl.replace(/^http/, "ws")}/graphql`,
      lazy: true,
      retryAttempts: 0,
      connectionParams: () => (client.token() === "" ? {} : { authorization: `Bearer ${client.token()}` }),
      ...(options.webSocket === undefined ? {} : { webSocketImpl: options.webSocket }),
    });
    const abort = (): void => void socket.dispose();
    options.signal?.addEventListener("abort", abort, { once: true });
    try {
      for await (const data of messages(socket, operation, { ...options.variables, ...(after === undefined ? {} : { after }) })) {
        yield data;
        pause = firstPauseMs;
        if (options.cursorOf) after = options.cursorOf(data);
      }
      return;
    } catch (error) {
      if (options.signal?.aborted) return;
      if (error instanceof AppError && !error.retryable) throw error;
      options.onReconnect?.(error);
    } finally {
      options.signal?.removeEventListener("abort", abort);
      await socket.dispose();
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(pause * 2, longestPauseMs);
  }
}

/** One connection's messages. A lost connection throws; GraphQL errors throw as AppError. */
async function* messages<Data, Variables>(socket: SocketClient, operation: Operation<Data, Variables>, variables: Variables): AsyncGenerator<Data, void, undefined> {
  const held: Data[] = [];
  let ended: { error?: Error } | undefined;
  let wake: (() => void) | undefined;
  const end = (state: { error?: Error }): void => {
    ended ??= state;
    wake?.();
  };
  const unsubscribe = socket.subscribe<Data>(
    { query: operation.text, variables: variables as Record<string, unknown> },
    {
      next(message) {
        const [error] = message.errors ?? [];
        if (error) return end({ error: fromGraphQLError(error as Parameters<typeof fromGraphQLError>[0]) });
        if (message.data) held.push(message.data);
        if (held.length > bufferLimit) end({ error: new Error("The reader is slow; resuming from its cursor.") });
        wake?.();
      },
      error(reason) {
        end({ error: Array.isArray(reason) ? fromGraphQLError(reason[0] as Parameters<typeof fromGraphQLError>[0]) : closedBecause(reason) });
      },
      complete() {
        end({});
      },
    },
  );
  try {
    for (;;) {
      const next = held.shift();
      if (next !== undefined) yield next;
      else if (ended) break;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
    if (ended.error !== undefined) throw ended.error;
  } finally {
    unsubscribe();
  }
}

/** 4401 and 4403 are the published close codes for a connection that is not let in: trying again would not help. */
function closedBecause(reason: unknown): Error {
  const code = (reason as { code?: number } | null)?.code;
  if (code === 4401) return new AppError("UNAUTHENTICATED", "The API closed the subscription: sign in again.");
  if (code === 4403) return new AppError("FORBIDDEN", "The API refused the connection.");
  return reason instanceof Error ? reason : new Error("The connection was lost.");
}
