import { randomUUID } from "node:crypto";
import type { Server } from "node:http";
import type { Duplex } from "node:stream";
import { GraphQLError, OperationTypeNode, getOperationAST, type ExecutionArgs, type GraphQLSchema } from "graphql";
import { handleProtocols, makeServer, type SubscribePayload } from "graphql-ws";
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
import { LiveSocket } from "../live/live-socket.js";
import { Member } from "../live/member.js";
import { toSubscriptionError } from "../live/to-subscription-error.js";
import { clientAddress } from "./client-address.js";

/** How long clients have for the closing handshake, in ms. */
const closeMs = 2_000;

export interface LiveServer {
  /** Ends what a revoked session subscribed to. */
  endSession(id: string): void;
  close(): Promise<void>;
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
  const sockets = new WebSocketServer({ noServer: true, WebSocket: LiveSocket, maxPayload: operationLimits.bodyBytes, clientTracking: false, perMessageDeflate: false, handleProtocols });

  /** @returns whether the connection may go on. */
  const authorise = async (ws: LiveSocket, authorization: string | undefined): Promise<boolean> => {
    const { connection } = ws;
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

  /** @returns a subscription, the arguments of another operation, or what is wrong. */
  const prepare = async (connection: Connection, id: string, payload: SubscribePayload, operations: number): Promise<Member | ExecutionArgs | readonly GraphQLError[]> => {
    const limit = operationLimits.socketOperations;
    if (operations > limit) return [new GraphQLError(`At most ${limit} operations at once on one connection.`, { extensions: { code: "LIMIT_EXCEEDED" } })];
    const operationName = text(payload.operationName);
    const read = documents.read(text(payload.query) ?? "", operationName);
    if (!("document" in read)) return read;
    try {
      deps.documents.check(payload.query);
      await admit(deps.limits, schema, { document: read.document, operationName, variables: payload.variables ?? {} }, connection.caller.client, connection.client);
    } catch (refusal) {
      return [new GraphQLError("refused", { originalError: refusal as Error })];
    }
    const operation = { schema, document: read.document, variableValues: payload.variables ?? {}, ...(operationName === undefined ? {} : { operationName }) };
    if (getOperationAST(read.document, operationName)?.operation !== OperationTypeNode.SUBSCRIPTION) return { ...operation, contextValue: createContext(deps, connection.caller) };
    try {
      return await fanOut.attach(connection, id, operation);
    } catch (error) {
      return [toSubscriptionError(error)];
    }
  };

  const protocol = makeServer<{ authorization?: string; Authorization?: string }, LiveSocket>({
    schema,
    async onConnect(context) {
      const { connectionParams, extra: ws } = context;
      const { connection } = ws;
      connection.protocol = context;
      if (!(await authorise(ws, text(connectionParams?.authorization ?? connectionParams?.Authorization)))) return false;
      if (connection.viewer && connections.countOfAccount(connection.viewer.account) > deps.maxSocketsPerClient) {
        ws.close(closeCodes.tooManyConnections, "Too many connections");
        return false;
      }
      return true;
    },
    /** A ping that carries an authorization is a new token for the connection. */
    async onPing({ extra: ws, acknowledged }, payload) {
      const authorization = text(payload?.["authorization"]);
      if (acknowledged && authorization !== undefined) await authorise(ws, authorization);
    },
    async onSubscribe({ extra: { connection }, subscriptions }, id, payload) {
      // The client may complete it before it is prepared, and use its id again.
      const reservation = {} as AsyncIterable<never>;
      subscriptions[id] = reservation;
      const prepared = await prepare(connection, id, payload, Object.keys(subscriptions).length);
      const isWanted = connection.isOpen && subscriptions[id] === reservation;
      if (isWanted && !(prepared instanceof Member)) return prepared;
      if (isWanted && prepared instanceof Member) {
        subscriptions[id] = prepared;
        prepared.begin();
      } else if (prepared instanceof Member) void prepared.return();
      // graphql-ws would keep two suspended functions, and the message, for as long as the subscription lasts. It waits for what never comes and what nobody holds, so all of that
      // is collected as garbage (ADR 64); the subscription is in its list, from where it is ended when the client completes it or is gone.
      return never();
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

  // The same for all sockets: there are thousands.
  function onMessage(this: WebSocket, data: Buffer): void {
    const ws = this as LiveSocket;
    ws.handle(parsed(data)).catch((error: unknown) => {
      log.error({ error }, "a message of a socket could not be handled");
      ws.close(1011, "Internal server error");
    });
  }
  function onPong(this: WebSocket): void {
    (this as LiveSocket).connection.isAlive = true;
  }
  function onClose(this: WebSocket, code: number, reason: Buffer): void {
    const { connection, closed } = this as LiveSocket;
    connection.isOpen = false;
    connections.remove(connection);
    void closed(code, reason.toString());
  }
  const open = (ws: LiveSocket, socket: Duplex, client: string): void => {
    ws.connection = new Connection(ws, socket, client);
    connections.add(ws.connection);
    ws.closed = protocol.opened(ws, ws) as LiveSocket["closed"];
    ws.on("message", onMessage).on("pong", onPong).on("error", ignore).on("close", onClose);
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

/** graphql-ws reads a message that is parsed as well: it is read once. What is no JSON it refuses itself. */
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

/** A socket is closed after its error. */
const ignore = (): void => undefined;

const never = (): Promise<never> => new Promise<never>(() => undefined);
