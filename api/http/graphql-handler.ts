import type { IncomingMessage, ServerResponse } from "node:http";
import { ApolloServer, HeaderMap, type ApolloServerPlugin, type HTTPGraphQLResponse } from "@apollo/server";
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginLandingPageDisabled } from "@apollo/server/plugin/disabled";
import { GraphQLError, OperationTypeNode, type GraphQLSchema } from "graphql";
import { AppError } from "../../schema/errors.js";
import { authenticate } from "../auth/authenticate.js";
import { chainExtension } from "../chain/extension.js";
import { createContext, type ApiContext } from "../context.js";
import type { ApiDeps } from "../deps.js";
import { formatError } from "../errors/format-error.js";
import { httpStatus } from "../errors/http-status.js";
import { toTypedError } from "../errors/to-typed-error.js";
import { limitRules, operationLimits } from "../limits/rules.js";
import { readBody } from "./read-body.js";
import { requestId, withRequestId } from "./request-id.js";
import { requestUrl } from "./request-url.js";
import { sendText } from "./send.js";

export interface GraphqlHandler {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  close(): Promise<void>;
}

/** GraphQL over HTTP: Apollo Server on a raw Node server. */
export async function createGraphqlHandler(schema: GraphQLSchema, deps: ApiDeps, options: { hideInternals: boolean }): Promise<GraphqlHandler> {
  const { log } = deps;
  const freshness: ApolloServerPlugin<ApiContext> = {
    async requestDidStart() {
      // Asked before anything is read: the answer can only be newer than it says.
      const chain = chainExtension(deps);
      return {
        async didResolveOperation({ operation }) {
          if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) return;
          throw new GraphQLError("Subscriptions go over WebSocket (graphql-transport-ws) at the same address.", { extensions: { code: "BAD_INPUT", http: { status: 400 } } });
        },
        async willSendResponse({ response, request, source }) {
          const { body, http } = response;
          // GraphQL over HTTP §6.4.1: with application/json a request that could be read is answered with 200, also where GraphQL refused it.
          const isLegacy = !request.http?.headers.get("accept")?.includes("application/graphql-response+json");
          if (isLegacy && source !== undefined && http.status === 400) http.status = 200;
          if (body.kind === "single") body.singleResult.extensions = { ...body.singleResult.extensions, chain: await chain };
        },
      };
    },
  };
  const apollo = new ApolloServer<ApiContext>({
    schema,
    csrfPrevention: true,
    introspection: true,
    hideSchemaDetailsFromClientErrors: options.hideInternals,
    includeStacktraceInErrorResponses: false,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    validationRules: limitRules,
    parseOptions: { maxTokens: operationLimits.tokens },
    formatError: (_formatted, error) => formatError(error, { requestId: requestId(), log }),
    // Cache-control costs a third of a request, and no field of ours may be cached by a proxy.
    plugins: [ApolloServerPluginCacheControlDisabled(), ApolloServerPluginLandingPageDisabled(), freshness],
    logger: { debug: () => undefined, info: () => undefined, warn: (message) => log.warn(String(message)), error: (message) => log.error(String(message)) },
  });
  await apollo.start();

  const execute = async (request: IncomingMessage): Promise<HTTPGraphQLResponse> => {
    const caller = await authenticate(deps.database, request.headers.authorization);
    const headers = new HeaderMap();
    for (const [name, value] of Object.entries(request.headers)) if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
    // Nobody is ever known by a cookie: a GET that a foreign page causes is anonymous, may only query, and gains nothing.
    if (request.method === "GET") headers.set("apollo-require-preflight", "true");
    return apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: (request.method ?? "GET").toUpperCase(), headers, search: requestUrl(request).search, body: await readJson(request) },
      context: () => Promise.resolve(createContext(deps, caller, requestId())),
    });
  };

  return {
    handle: (request, response) =>
      withRequestId(async () => {
        response.setHeader("x-request-id", requestId());
        let answer: HTTPGraphQLResponse;
        try {
          answer = await execute(request);
        } catch (error) {
          // Before GraphQL began: no body, no JSON, no valid token.
          const body = { errors: [formatError(error, { requestId: requestId(), log })], extensions: { chain: await chainExtension(deps) } };
          return sendText(response, httpStatus(toTypedError(error).code), "application/json; charset=utf-8", JSON.stringify(body), { connection: "close" });
        }
        if (answer.body.kind !== "complete") throw new Error("Incremental delivery is not offered.");
        const headers = Object.fromEntries(answer.headers);
        sendText(response, answer.status ?? 200, headers["content-type"] ?? "application/json", answer.body.string, headers);
      }),
    close: () => apollo.stop(),
  };
}

/** @returns the parsed body; undefined where there is none. @throws AppError BAD_INPUT, LIMIT_EXCEEDED */
async function readJson(request: IncomingMessage): Promise<unknown> {
  if (request.method !== "POST") return undefined;
  const bytes = await readBody(request, operationLimits.bodyBytes);
  if (!/^application\/json\b/i.test(request.headers["content-type"] ?? "")) {
    // Apollo answers what is wrong with the content type, which is also what prevents CSRF.
    return bytes.length === 0 ? undefined : bytes.toString();
  }
  try {
    return JSON.parse(bytes.toString()) as unknown;
  } catch (cause) {
    throw new AppError("BAD_INPUT", "The request's body is not JSON.", { cause });
  }
}
