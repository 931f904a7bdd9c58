import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { ApolloServer, HeaderMap, type ApolloServerPlugin, type HTTPGraphQLResponse } from "@apollo/server";
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginLandingPageDisabled } from "@apollo/server/plugin/disabled";
import { GraphQLError, OperationTypeNode, type GraphQLSchema } from "graphql";
import { StatementScope } from "../../platform/database/statement-scope.js";
import { AppError } from "../../schema/errors.js";
import { authenticate } from "../auth/authenticate.js";
import { chainExtension } from "../chain/extension.js";
import { createContext, type ApiContext } from "../context.js";
import type { ApiDeps } from "../deps.js";
import { formatError } from "../errors/format-error.js";
import { httpStatus } from "../../platform/service/http-status.js";
import { toTypedError } from "../errors/to-typed-error.js";
import { admit, type Admitted } from "../limits/admit.js";
import { limitRules, operationLimits } from "../limits/rules.js";
import { openTrusted } from "../documents/open-trusted.js";
import { KnownQueries } from "../execution/known-queries.js";
import { answerKnown, findKnown } from "./answer-known.js";
import { clientAddress } from "./client-address.js";
import { readBody } from "../../platform/service/read-body.js";
import { requestUrl } from "./request-url.js";
import { sendCompressed, sendText } from "./send.js";

/** How long a hash stays known without being used, in seconds. */
const persistedSeconds = 86_400;

export interface GraphqlHandler {
  handle(request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void>;
  close(): Promise<void>;
}

/** Accept headers whose choice of a content type is remembered. */
const maxContentTypes = 100;

/** Stands where Apollo refuses what it could not read, and does not tell of which request: replaced before the answer is sent. */
const unknownRequest = randomUUID();

/** GraphQL over HTTP: Apollo Server on a raw Node server. */
export async function createGraphqlHandler(schema: GraphQLSchema, deps: ApiDeps): Promise<GraphqlHandler> {
  const { log, limits, http: settings } = deps;
  const requestIds = new WeakMap<object, string>();
  const known = new KnownQueries(schema);
  const contentTypes = new Map<string, string>();
  const freshness: ApolloServerPlugin<ApiContext> = {
    async requestDidStart() {
      // Asked before anything is read: the answer can only be newer than it says.
      const chain = chainExtension(deps);
      let admitted: Admitted | undefined;
      return {
        async didResolveOperation({ operation, document, source, queryHash, operationName, request, contextValue: { client, address, statements } }) {
          if (!operation) return;
          if (operation.operation === OperationTypeNode.QUERY) known.note(source, document, request.extensions?.["persistedQuery"] === undefined ? null : queryHash);
          if (operation.operation === OperationTypeNode.SUBSCRIPTION) {
            throw new GraphQLError("Subscriptions go over WebSocket (graphql-transport-ws) at the same address.", { extensions: { code: "BAD_INPUT", http: { status: 400 } } });
          }
          statements.isCancellable = operation.operation === OperationTypeNode.QUERY;
          const asked = { document, operationName: operationName ?? undefined, variables: request.variables ?? {} };
          admitted = await admit(limits, schema, asked, client, address).catch((refusal: unknown) => {
            throw asRequestError(refusal);
          });
        },
        async didEncounterErrors({ errors, contextValue: { requestId } }) {
          for (const error of errors) requestIds.set(error, requestId);
        },
        async willSendResponse({ response, request, source }) {
          const { body, http } = response;
          // GraphQL over HTTP §6.4.1: with application/json a request that could be read is answered with 200, also where GraphQL refused it.
          const isLegacy = !request.http?.headers.get("accept")?.includes("application/graphql-response+json");
          if (isLegacy && source !== undefined && http.status === 400) http.status = 200;
          if (body.kind === "single") body.singleResult.extensions = { ...body.singleResult.extensions, chain: await chain, ...(admitted ? { cost: { estimated: admitted.cost, left: admitted.left } } : {}) };
        },
      };
    },
  };
  const apollo = new ApolloServer<ApiContext>({
    schema,
    csrfPrevention: true,
    introspection: settings.introspection,
    hideSchemaDetailsFromClientErrors: settings.hideInternals,
    includeStacktraceInErrorResponses: false,
    // Automatic ones: a hash is known here once its text was sent.
    persistedQueries: { ttl: persistedSeconds },
    stopOnTerminationSignals: false,
    validationRules: limitRules,
    parseOptions: { maxTokens: operationLimits.tokens },
    formatError: (_formatted, error) => formatError(error, { requestId: requestIds.get(error as object) ?? unknownRequest, log }),
    // Cache-control costs a third of a request, and no field of ours may be cached by a proxy.
    plugins: [ApolloServerPluginCacheControlDisabled(), ApolloServerPluginLandingPageDisabled(), freshness],
    logger: { debug: () => undefined, info: () => undefined, warn: (message) => log.warn(String(message)), error: (message) => log.error(String(message)) },
  });
  await apollo.start();

  const execute = async (request: IncomingMessage, statements: StatementScope, requestId: string): Promise<HTTPGraphQLResponse> => {
    const caller = await authenticate(deps.database, request.headers.authorization);
    const { search, body } = openTrusted(deps.documents, requestUrl(request), await readJson(request));
    const context = createContext(deps, caller, requestId, { address: clientAddress(request, settings.trustedProxies), statements });
    const { accept = "" } = request.headers;
    const query = request.method === "POST" && contentTypes.has(accept) ? findKnown(known, body) : null;
    if (query) return answerKnown(query, context, contentTypes.get(accept)!);
    const headers = new HeaderMap();
    for (const [name, value] of Object.entries(request.headers)) if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
    // Nobody is ever known by a cookie: a GET that a foreign page causes is anonymous, may only query, and gains nothing.
    if (request.method === "GET") headers.set("apollo-require-preflight", "true");
    const answer = await apollo.executeHTTPGraphQLRequest({ httpGraphQLRequest: { method: (request.method ?? "GET").toUpperCase(), headers, search, body }, context: () => Promise.resolve(context) });
    const type = answer.headers.get("content-type");
    if (type !== undefined && (answer.status ?? 200) === 200 && contentTypes.size < maxContentTypes && accept.length < 500) contentTypes.set(accept, type);
    return answer;
  };

  return {
    async handle(request, response, requestId) {
      response.setHeader("x-request-id", requestId);
      const statements = new StatementScope();
      // Whoever goes away needs no answer: what still runs in Postgres for it is cancelled.
      response.once("close", () => (response.writableFinished ? undefined : statements.cancel()));
      let answer: HTTPGraphQLResponse;
      try {
        answer = await execute(request, statements, requestId);
      } catch (error) {
        // Before GraphQL began: no body, no JSON, no valid token.
        const body = { errors: [formatError(error, { requestId, log })], extensions: { chain: await chainExtension(deps) } };
        return sendText(response, httpStatus(toTypedError(error).code), "application/json; charset=utf-8", JSON.stringify(body), { connection: "close" });
      }
      if (answer.body.kind !== "complete") throw new Error("Incremental delivery is not offered.");
      const status = answer.status ?? 200;
      const text = status < 400 ? answer.body.string : answer.body.string.replaceAll(unknownRequest, requestId);
      const headers = Object.fromEntries(answer.headers);
      delete headers["content-length"];
      const type = headers["content-type"] ?? "application/json";
      if (text.length <= operationLimits.answerBytes) return sendCompressed(response, status, type, text, headers);
      const refusal = new AppError("LIMIT_EXCEEDED", `The answer has more than ${operationLimits.answerBytes} bytes: ask for less.`, { details: { limit: operationLimits.answerBytes } });
      sendText(response, httpStatus(refusal.code), type, JSON.stringify({ errors: [formatError(refusal, { requestId, log })], extensions: { chain: await chainExtension(deps) } }));
    },
    close: () => apollo.stop(),
  };
}

/** A refusal before anything ran, with its status in HTTP. */
function asRequestError(refusal: unknown): unknown {
  if (!(refusal instanceof AppError)) return refusal;
  const { retryAfterSeconds } = refusal.details;
  const headers = retryAfterSeconds === undefined ? undefined : new HeaderMap([["retry-after", String(retryAfterSeconds)]]);
  return new GraphQLError(refusal.message, { originalError: refusal, extensions: { http: { status: httpStatus(refusal.code), ...(headers ? { headers } : {}) } } });
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
