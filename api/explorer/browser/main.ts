import type { ClientOptions } from "graphql-ws";
import { examples } from "./examples.js";

interface React {
  createElement(type: unknown, props: object): unknown;
}
interface Globals {
  React: React;
  ReactDOM: { createRoot(element: Element): { render(node: unknown): void } };
  GraphiQL: { createFetcher(options: object): unknown };
}

/** The scripts before this one define them. */
const { React, ReactDOM, GraphiQL } = globalThis as unknown as Globals;
/** Kept out of the compiler's sight: the address is the server's, not a module of ours. */
const clientUrl = "/assets/graphql-ws/client.js";
const { createClient } = (await import(clientUrl)) as { createClient: (options: Pick<ClientOptions, "url" | "lazy" | "connectionParams">) => unknown };

const headersKey = "graphiql:headers";

/** The token from the headers editor goes along when a subscription connects. */
function connectionParams(): Record<string, string> {
  try {
    const headers = JSON.parse(localStorage.getItem(headersKey) ?? "{}") as Record<string, string>;
    const authorization = headers["authorization"] ?? headers["Authorization"];
    return authorization === undefined ? {} : { authorization };
  } catch {
    return {}; // being typed
  }
}

const url = new URL("/graphql", location.href);
const socketUrl = new URL(url);
socketUrl.protocol = url.protocol === "https:" ? "wss:" : "ws:";

const fetcher = GraphiQL.createFetcher({ url: url.href, wsClient: createClient({ url: socketUrl.href, lazy: true, connectionParams }) });
const [first] = examples;
/** Only at the first visit: afterwards GraphiQL remembers what was typed. */
const firstVariables = localStorage.getItem("graphiql:tabState") === null && first?.variables !== undefined ? { variables: JSON.stringify(first.variables, null, 2) } : {};
const element = document.getElementById("explorer");
if (element) {
  ReactDOM.createRoot(element).render(
    React.createElement(GraphiQL, {
      fetcher,
      defaultTabs: examples.map(({ query, variables }) => ({ query, ...(variables === undefined ? {} : { variables: JSON.stringify(variables, null, 2) }) })),
      ...firstVariables,
      shouldPersistHeaders: true,
      defaultEditorToolsVisibility: true,
      // GraphiQL keeps headers per tab: what was edited last is what the next connection uses.
      onEditHeaders: (headers: string) => localStorage.setItem(headersKey, headers),
    }),
  );
}
