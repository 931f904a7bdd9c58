import { randomUUID } from "node:crypto";
import type { Server } from "node:http";
import type { Duplex } from "node:stream";
import { GraphQLError, OperationTypeNode, getOperationAST, type ExecutionArgs, type GraphQLSchema } from "graphql";
import { handleProtocols, makeServer } from "graphql-ws";
import { WebSocketServer, type WebSocket } from "ws";
import { authenticate } from "../auth/authenticate.js";
import { chainExtension } from "../chain/extension.js";
import { createContext, type ApiContext } from "../context.js";
import type { ApiDeps } from "../deps.js";
import { formatError } from "../errors/format-error.js";
import { toTypedError } from "../errors/to-typed-error.js";
import { admit } from "../limits/admit.js";
import { operationLimits } from "../limits/rules.js";
import { closeCodes } from "../live/close-codes.js";
import { Connection } from "../live/connection.js";
import { Connections } from "../live/connections.js";
import { Documents } from "../live/documents.js";
import { FanOut } from "../live/fan-out.js";
import { toSubscriptionError } from "../live/to-subscription-error.js";
import { clientAddress } from "./client-address.js";

/** How long clients have for the closing handshake, in ms. */
const closeMs = 2_000;

export interface LiveServer {
  /** Ends what a revoked session subscribed to. */
  endSession(id: string): void;
  close(): Promise<void>;
}

interface Extra extends Record<PropertyKey, unknown> {
  connection: Connection;
}

/** What `onSubscribe` hands to `subscribe` beside the arguments of graphql-js. */
interface LiveArgs extends ExecutionArgs {
  live: { connection: Connection; id: string };
}

/**
 * GraphQL over WebSocket (graphql-transport-ws) at /graphql, on the HTTP server's own port. The protocol's rules are graphql-ws's; subscriptions are told by
 * `api/live`, which writes their frames to the socket itself.
 */
export function attachWebSocket(server: Server, schema: GraphQLSchema, deps: ApiDeps): LiveServer {
  const { log } = deps;
  const fanOut = new FanOut(deps, schema);
  const connections = new Connections(deps, fanOut);
  const documents = new Documents(schema, deps.http);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: operationLimits.bodyBytes, clientTracking: false, perMessageDeflate: false, handleProtocols });

  /** @returns whether the connection may go on. */
  const authorise = async (connection: Connection, ws: WebSocket, authorization: string | undefined): Promise<boolean> => {
    try {
      const caller = await authenticate(deps.database, authorization);
      const isOther = connection.viewer !== null && connection.viewer.account !== caller.viewer?.account;
      if (isOther) {
        ws.close(closeCodes.forbidden, "The token is another account's");
        return false;
      }
      connection.caller = caller;
      return true;
    } catch (error) {
      if (toTypedError(error).code !== "UNAUTHENTICATED") throw error;
      ws.close(closeCodes.unauthorized, "Unauthorized");
      return false;
    }
  };

  const protocol = makeServer<{ authorization?: string; Authorization?: string }, Extra & { ws: WebSocket }>({
    schema,
    async onConnect({ connectionParams, extra: { connection, ws } }) {
      if (!(await authorise(connection, ws, text(connectionParams?.authorization ?? connectionParams?.Authorization)))) return false;
      if (connection.viewer && connections.countOfAccount(connection.viewer.account) > deps.maxSocketsPerClient) {
        ws.close(closeCodes.tooManyConnections, "Too many connections");
        return false;
      }
      return true;
    },
    /** A ping that carries an authorization is a new token for the connection. */
    async onPing({ extra: { connection, ws }, acknowledged }, payload) {
      const authorization = text(payload?.["authorization"]);
      if (acknowledged && authorization !== undefined) await authorise(connection, ws, authorization);
    },
    async onSubscribe({ extra: { connection }, subscriptions }, id, payload) {
      const limit = operationLimits.socketOperations;
      if (Object.keys(subscriptions).length > limit) return [new GraphQLError(`At most ${limit} operations at once on one connection.`, { extensions: { code: "LIMIT_EXCEEDED" } })];
      const operationName = text(payload.operationName);
      const read = documents.read(text(payload.query) ?? "", operationName);
      if (!("document" in read)) return read;
      try {
        deps.documents.check(payload.query);
        await admit(deps.limits, schema, { document: read.document, operationName, variables: payload.variables ?? {} }, connection.caller.client, connection.client);
      } catch (refusal) {
        return [new GraphQLError("refused", { originalError: refusal as Error })];
      }
      // The message stays in memory as long as its subscription: with the text that all share.
      (payload as { query: string }).query = read.text;
      const args: LiveArgs = {
        schema,
        document: read.document,
        variableValues: payload.variables ?? {},
        live: { connection, id },
        ...(operationName === undefined ? {} : { operationName }),
      };
      const isSubscription = getOperationAST(read.document, operationName)?.operation === OperationTypeNode.SUBSCRIPTION;
      return isSubscription ? args : { ...args, contextValue: createContext(deps, connection.caller) };
    },
    async subscribe(given) {
      const { live, document, operationName, variableValues } = given as LiveArgs;
      try {
        const operation = { schema, document, variableValues: variableValues ?? {}, ...(typeof operationName === "string" ? { operationName } : {}) };
        return await fanOut.attach(live.connection, live.id, operation);
      } catch (error) {
        return failing(error);
      }
    },
    onError: (_ctx, _id, _payload, errors) => errors.map((error) => formatError(error, { requestId: randomUUID(), log })),
    async onNext(_ctx, _id, _payload, args, result) {
      const { requestId } = args.contextValue as ApiContext;
      return {
        ...("data" in result && result.data !== undefined ? { data: result.data } : {}),
        ...(result.errors ? { errors: result.errors.map((error) => formatError(error, { requestId, log })) } : {}),
        extensions: { ...result.extensions, chain: await chainExtension(deps) },
      };
    },
  });

  const open = (ws: WebSocket, socket: Duplex, client: string): void => {
    const connection = new Connection(ws, socket, client);
    connections.add(connection);
    const closed = protocol.opened(
      {
        protocol: ws.protocol,
        send: (data) => {
          if (ws.readyState === ws.OPEN) ws.send(data);
        },
        close: (code, reason) => ws.close(code, reason),
        onMessage: (handle) =>
          ws.on("message", (data: Buffer) => {
            handle(parsed(data)).catch((error: unknown) => {
              log.error({ error }, "a message of a socket could not be handled");
              ws.close(1011, "Internal server error");
            });
          }),
      },
      { connection, ws },
    );
    ws.on("pong", () => (connection.isAlive = true));
    ws.on("error", () => undefined); // it is closed after it
    ws.once("close", (code, reason) => {
      connection.isOpen = false;
      connections.remove(connection);
      void closed(code, reason.toString());
    });
  };

  server.on("upgrade", (request, socket, head) => {
    const refuse = (status: string): void => void socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
    if (!/^\/graphql(\?|$)/.test(request.url ?? "")) return refuse("404 Not Found");
    const client = clientAddress(request, deps.http.trustedProxies);
    if (connections.countOf(client) >= deps.maxSocketsPerClient) return refuse("429 Too Many Requests");
    sockets.handleUpgrade(request, socket, head, (ws) => open(ws, socket, client));
  });
  return {
    endSession: (id) => connections.endSession(id),
    async close() {
      sockets.close();
      connections.close();
      // Clients that do not answer the closing handshake must not hold up the process.
      for (const end = Date.now() + closeMs; connections.size > 0 && Date.now() < end; ) await new Promise((resolve) => setTimeout(resolve, 20));
      connections.terminate();
    },
  };
}

/**
 * graphql-ws reads a message that is parsed as well, and keeps what it was given as long as the subscription: the object shares its query with others, its text
 * would stay for each. What is no JSON it refuses itself.
 */
function parsed(data: Buffer): string {
  const message = data.toString();
  try {
    const value: unknown = JSON.parse(message);
    return typeof value === "object" && value !== null ? (value as unknown as string) : message;
  } catch {
    return message;
  }
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** A subscription that fails at once: as an `error` message, whatever kind of error it is. */
const failing = (error: unknown): AsyncIterableIterator<never> => ({
  [Symbol.asyncIterator]() {
    return this;
  },
  next: () => Promise.reject(toSubscriptionError(error)),
});
