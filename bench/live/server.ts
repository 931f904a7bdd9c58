/**
 * The API as it is shipped, in a process of its own; and beside it, on another port, stock graphql-ws over the same schema and the same reader of the feed: each of
 * its subscribers has an iterator, an execution and a serialisation of its own. Reads its environment as the API does, and `CONTESTANT`, ours or stock: the latter is
 * there only where it is asked for. Once it is ready it says on which port the contestant listens.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { useServer } from "graphql-ws/use/ws";
import type { GraphQLSchema } from "graphql";
import { WebSocketServer } from "ws";
import { buildApiSchema } from "../../api/build-schema.js";
import { createContext, type ApiContext } from "../../api/context.js";
import { marketEvents } from "../../api/live/sources/market-events.js";
import type { Entry } from "../../api/live/entry.js";
import { startApi } from "../../api/start-api.js";
import { nobody } from "../../api/auth/viewer.js";
import { parseEnv } from "../../platform/config/parse-env.js";
import { processVariables } from "../../platform/config/processes.js";
import { createLogger } from "../../platform/log.js";
import { runService } from "../../platform/service/run-service.js";

/** As a server without groups does it: messages wait in each subscriber's own queue. */
async function subscribeAlone(args: object, { deps }: ApiContext): Promise<AsyncIterableIterator<unknown>> {
  const query = await marketEvents(deps, args, undefined as never);
  const held: unknown[] = [];
  let wake: () => void = () => undefined;
  const { place, forget } = await deps.live.listen({
    lanes: query.lanes,
    keys: query.keys,
    push(entries: readonly Entry[]) {
      void Promise.resolve(query.map(entries.map((entry) => ({ entry, before: place, place })))).then((messages) => {
        held.push(...messages.filter((message) => message !== null));
        wake();
      });
    },
  });
  const iterator: AsyncIterableIterator<unknown> = {
    [Symbol.asyncIterator]: () => iterator,
    async next() {
      while (held.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      return { done: false, value: held.shift() };
    },
    return() {
      forget();
      return Promise.resolve({ done: true, value: undefined });
    },
  };
  return iterator;
}

function stockSchema(): GraphQLSchema {
  const schema = buildApiSchema();
  schema.getSubscriptionType()!.getFields()["marketEvents"]!.subscribe = (_root, args: object, context: ApiContext) => subscribeAlone(args, context);
  return schema;
}

await runService("bench-api", async (shutdown) => {
  const env = parseEnv(processVariables.api, process.env);
  const { deps, port: ours } = await startApi(env, createLogger({ service: "api", level: env.LOG_LEVEL }), shutdown);
  let port = ours;
  if (process.env["CONTESTANT"] === "stock") {
    const server = createServer();
    const sockets = new WebSocketServer({ server, path: "/graphql", perMessageDeflate: false });
    useServer({ schema: stockSchema(), context: () => createContext(deps, nobody) }, sockets);
    await new Promise<void>((resolve) => server.listen({ port: 0, host: "127.0.0.1", backlog: 4_096 }, resolve));
    ({ port } = server.address() as AddressInfo);
  }
  process.on("message", (message) => {
    if (message === "collect") (globalThis as { gc?: () => void }).gc?.();
    const { user, system } = process.cpuUsage();
    process.send!({ rss: process.memoryUsage().rss, cpuMicroseconds: user + system });
  });
  process.send!({ port });
});
