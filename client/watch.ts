import { createClient as createSocketClient, type Client as SocketClient } from "graphql-ws/client";
import { AppError } from "../schema/errors.js";
import { fromGraphQLError, type GalenClient, type Operation } from "./client.js";

export interface WatchOptions<Data, Variables> {
  variables: Variables;
  /** Reads the cursor of a message; with it a lost connection is resumed where it ended. Without it the subscription begins anew. */
  cursorOf?: (data: Data) => string;
  /** Keeps the cursor over restarts of the program: read at the start, written once a message has been dealt with (the next one is asked for). */
  cursorStore?: CursorStore;
  /** Called when the session has ended; it should give the client a new token. Without it the watch ends with UNAUTHENTICATED. */
  signInAgain?: () => Promise<unknown>;
  signal?: AbortSignal;
  /** Node before 22 has no WebSocket: pass `ws`. */
  webSocket?: unknown;
  /** How often the server is asked whether it is still there, in ms; without an answer in half of that the connection is given up for lost. 20 s unless told. */
  keepAliveMs?: number;
  /** Told of each lost connection before it is opened again. */
  onReconnect?: (error: unknown) => void;
}

export interface CursorStore {
  /** @returns undefined before the first save. */
  load(): string | undefined | Promise<string | undefined>;
  save(cursor: string): void | Promise<void>;
}

/** Messages held for a slow reader before the socket is paused by closing it; it is resumed from the cursor. */
const bufferLimit = 1_000;
/** Cursors remembered, so that a message that comes again is known. */
const rememberedCursors = 1_000;
/** How soon a new token of the client's is told to the server, on the connection as it is. */
const tokenEveryMs = 1_000;
const defaultKeepAliveMs = 20_000;
const firstPauseMs = 100;
const longestPauseMs = 5_000;

/**
 * A subscription that outlives its connections: it resumes after the last message handed over, so that nothing is lost and nothing comes twice.
 * Messages wait for whoever iterates; where too many wait the connection is given up, and resumed once they are read.
 * Ends when the server completes it or `signal` aborts.
 * @throws AppError when the server refuses the operation (it is not tried again then).
 */
export async function* watch<Data, Variables extends { after?: string }>(client: GalenClient, operation: Operation<Data, Variables>, options: WatchOptions<Data, Variables>): AsyncGenerator<Data, void, undefined> {
  const { cursorOf, cursorStore, signal } = options;
  let after = (await cursorStore?.load()) ?? options.variables.after;
  let pause = firstPauseMs;
  let mayRenew = true;
  const seen = new Set<string>();
  while (!signal?.aborted) {
    const socket = connect(client, options.webSocket, options.keepAliveMs ?? defaultKeepAliveMs);
    const abort = (): void => void socket.dispose();
    signal?.addEventListener("abort", abort, { once: true });
    try {
      for await (const data of messages(socket, operation, { ...options.variables, ...(after === undefined ? {} : { after }) })) {
        const cursor = cursorOf?.(data);
        if (cursor !== undefined && seen.has(cursor)) continue;
        yield data;
        pause = firstPauseMs;
        mayRenew = true;
        if (cursor === undefined) continue;
        after = cursor;
        seen.add(cursor);
        if (seen.size > rememberedCursors) seen.delete(seen.values().next().value!);
        await cursorStore?.save(cursor);
      }
      return;
    } catch (error) {
      if (signal?.aborted) return;
      if (error instanceof AppError && error.code === "UNAUTHENTICATED" && options.signInAgain && mayRenew) {
        mayRenew = false;
        await options.signInAgain();
      } else if (error instanceof AppError && !error.retryable) throw error;
      options.onReconnect?.(error);
    } finally {
      signal?.removeEventListener("abort", abort);
      await socket.dispose();
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(pause * 2, longestPauseMs);
  }
}

/** A connection that tells the server of each new token that the client is given, and notices when nobody is at its other end any more. */
function connect(client: GalenClient, webSocket: unknown, keepAliveMs: number): SocketClient {
  let told = "";
  let timer: ReturnType<typeof setInterval> | undefined;
  let unanswered: ReturnType<typeof setTimeout> | undefined;
  const socket = createSocketClient({
    url: `${client.apiUrl.replace(/^http/, "ws")}/graphql`,
    lazy: true,
    retryAttempts: 0,
    keepAlive: keepAliveMs,
    connectionParams: () => {
      told = client.token();
      return told === "" ? {} : { authorization: `Bearer ${told}` };
    },
    ...(webSocket === undefined ? {} : { webSocketImpl: webSocket }),
  });
  socket.on("connected", (raw) => {
    timer = setInterval(() => {
      if (client.token() === told || client.token() === "") return;
      told = client.token();
      (raw as { send(text: string): void }).send(JSON.stringify({ type: "ping", payload: { authorization: `Bearer ${told}` } }));
    }, tokenEveryMs);
  });
  socket.on("ping", (isReceived) => {
    if (!isReceived) unanswered = setTimeout(() => socket.terminate(), keepAliveMs / 2);
  });
  socket.on("pong", (isReceived) => {
    if (isReceived) clearTimeout(unanswered);
  });
  socket.on("closed", () => {
    clearInterval(timer);
    clearTimeout(unanswered);
  });
  return socket;
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
