import { randomUUID } from "node:crypto";
import type { Server } from "node:http";
import { getOperationAST, GraphQLError, parse, specifiedRules, validate, type ExecutionArgs, type GraphQLSchema } from "graphql";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";
import { authenticate } from "../auth/authenticate.js";
import { nobody, type Caller } from "../auth/viewer.js";
import { chainExtension } from "../chain/extension.js";
import { createContext, type ApiContext } from "../context.js";
import type { ApiDeps } from "../deps.js";
import { formatError } from "../errors/format-error.js";
import { toTypedError } from "../errors/to-typed-error.js";
import { limitRules, operationLimits } from "../limits/rules.js";

/** 4401 of graphql-transport-ws: what was sent as a token is none. */
const unauthorized = 4401;
/** How long clients have for the closing handshake, in ms. */
const closeMs = 2_000;
const rules = [...specifiedRules, ...limitRules];

interface Extra extends Record<PropertyKey, unknown> {
  caller?: Caller;
}

/** GraphQL over WebSocket (graphql-transport-ws) at /graphql, on the HTTP server's own port. */
export function attachWebSocket(server: Server, schema: GraphQLSchema, deps: ApiDeps): { close(): Promise<void> } {
  const { log } = deps;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: operationLimits.bodyBytes });
  const graphql = useServer<{ authorization?: string; Authorization?: string }, Extra>(
    {
      schema,
      async onConnect(ctx) {
        const { connectionParams, extra } = ctx;
        try {
          extra.caller = await authenticate(deps.database, text(connectionParams?.authorization ?? connectionParams?.Authorization));
        } catch (error) {
          const { code } = toTypedError(error);
          if (code === "UNAUTHENTICATED") extra.socket.close(unauthorized, "Unauthorized");
          else throw error;
          return false;
        }
        return true;
      },
      async onSubscribe(ctx, _id, payload) {
        const context = createContext(deps, ctx.extra.caller ?? nobody);
        return prepare(schema, payload, context, Object.keys(ctx.subscriptions).length);
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
    },
    sockets,
  );
  server.on("upgrade", (request, socket, head) => {
    if (!/^\/graphql(\?|$)/.test(request.url ?? "")) {
      socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n");
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => sockets.emit("connection", client, request));
  });
  return {
    async close() {
      // Clients that do not answer the closing handshake must not hold up the process.
      const timer = setTimeout(() => sockets.clients.forEach((client) => client.terminate()), closeMs);
      await graphql.dispose();
      clearTimeout(timer);
    },
  };
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** Parses and validates as over HTTP. Errors are given back: thrown ones would close the socket for all its operations. */
function prepare(schema: GraphQLSchema, payload: { query?: unknown; variables?: unknown; operationName?: unknown }, contextValue: ApiContext, open: number): ExecutionArgs | readonly GraphQLError[] {
  const limit = operationLimits.socketOperations;
  if (open > limit) return [new GraphQLError(`At most ${limit} operations at once on one connection.`, { extensions: { code: "LIMIT_EXCEEDED" } })];
  try {
    const document = parse(text(payload.query) ?? "", { maxTokens: operationLimits.tokens });
    const errors = validate(schema, document, rules);
    if (errors.length > 0) return errors;
    const operationName = text(payload.operationName);
    if (!getOperationAST(document, operationName)) return [new GraphQLError("Unable to identify operation")];
    const variableValues = (payload.variables ?? {}) as Record<string, unknown>;
    return { schema, document, variableValues, contextValue, ...(operationName === undefined ? {} : { operationName }) };
  } catch (error) {
    return [error instanceof GraphQLError ? error : new GraphQLError("The operation cannot be read.")];
  }
}
