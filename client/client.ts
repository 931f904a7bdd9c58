import { AppError, errorCodes, type ErrorCode, type ErrorDetails } from "../schema/errors.js";

/** A GraphQL operation with the types of what goes in and what comes out; the test checks every one against `schema/api.graphql`. */
export interface Operation<Data, Variables> {
  readonly text: string;
  /** Never set: carries the types. */
  readonly types?: (variables: Variables) => Data;
}

/** Where the answer stood on the chain (`extensions.chain`). */
export interface Freshness {
  indexedBlock: number;
  indexedHash: string;
  indexedTime: string;
  head: number;
  finalized: number;
  lag: number;
}

export interface GalenClient {
  /** Address of the API without a slash at the end, e.g. `http://127.0.0.1:4000`. */
  readonly apiUrl: string;
  /** Access token of the session, or an empty string. */
  token(): string;
  setToken(token: string): void;
  /** @throws AppError with the API's code; API_UNREACHABLE for a lost connection. */
  request<Data, Variables extends object>(operation: Operation<Data, Variables>, variables: Variables): Promise<Data>;
  /** Freshness of the last answer; null before the first. */
  freshness(): Freshness | null;
}

interface GraphQLAnswer {
  data?: unknown;
  errors?: { message: string; extensions?: { code?: string; details?: ErrorDetails; requestId?: string } }[];
  extensions?: { chain?: Freshness };
}

/** A query whose connection breaks is asked again this often, after this pause in ms. */
const queryRetries = 3;
const retryPauseMs = 200;

/** @param options.fetch - for tests and unusual environments; the global one by default. */
export function createClient(options: { apiUrl: string; token?: string; fetch?: typeof fetch }): GalenClient {
  const apiUrl = options.apiUrl.replace(/\/+$/, "");
  const doFetch = options.fetch ?? fetch;
  let token = options.token ?? "";
  let freshness: Freshness | null = null;
  return {
    apiUrl,
    token: () => token,
    setToken(next) {
      token = next;
    },
    freshness: () => freshness,
    async request<Data, Variables extends object>(operation: Operation<Data, Variables>, variables: Variables): Promise<Data> {
      const ask = async (): Promise<GraphQLAnswer> => {
        const response = await doFetch(`${apiUrl}/graphql`, {
          method: "POST",
          headers: { "content-type": "application/json", accept: "application/graphql-response+json, application/json", ...(token === "" ? {} : { authorization: `Bearer ${token}` }) },
          body: JSON.stringify({ query: operation.text, variables }, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value)),
        });
        return (await response.json()) as GraphQLAnswer;
      };
      // Asking twice does no harm; doing twice might.
      let retries = operation.text.startsWith("query") ? queryRetries : 0;
      let answer: GraphQLAnswer | undefined;
      while (answer === undefined) {
        try {
          answer = await ask();
        } catch (cause) {
          if (retries-- === 0) throw new AppError("API_UNREACHABLE", `The API at ${apiUrl} cannot be reached, or did not answer in GraphQL.`, { cause });
          await new Promise((resolve) => setTimeout(resolve, retryPauseMs));
        }
      }
      freshness = answer.extensions?.chain ?? freshness;
      const [error] = answer.errors ?? [];
      if (error) throw fromGraphQLError(error);
      return answer.data as Data;
    },
  };
}

/** @returns the API's error as it was typed there. */
export function fromGraphQLError(error: { message: string; extensions?: { code?: string; details?: ErrorDetails; requestId?: string } }): AppError {
  const code = error.extensions?.code;
  const known: ErrorCode = code !== undefined && code in errorCodes ? (code as ErrorCode) : "INTERNAL";
  return new AppError(known, error.message, { details: { ...error.extensions?.details, ...(error.extensions?.requestId === undefined ? {} : { requestId: error.extensions.requestId }) } });
}
