import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { setTimeout as wait } from "node:timers/promises";
import { gunzipSync } from "node:zlib";

/** Calls in one HTTP request. */
const batchSize = 100;
/** HTTP requests to one node at the same time; more wait their turn. */
const connections = 8;
/** For one HTTP request, its wait for a connection included. */
const requestTimeoutMs = 15_000;
/** How long to wait before it is asked again, in ms. */
const retriesMs = [10, 100, 300] as const;
/** Of one answer, in bytes: many times what a hundred full blocks need, and less than a string can hold. */
const longestAnswer = 256 * 2 ** 20;

export interface RpcCall {
  readonly method: string;
  readonly params: readonly unknown[];
}

/** A node said no, or nothing that can be understood. Its message never holds the node's address. */
export class RpcFailure extends Error {
  /** @param passing - asking again may help. */
  constructor(message: string, readonly passing: boolean, cause?: unknown) {
    super(message, { cause });
    this.name = "RpcFailure";
  }
}

/** HTTP status codes, and what nodes write in the errors of JSON-RPC, when they are too busy. */
const busyStatus = new Set([429, 502, 503, 504]);
const busyWords = /rate limit|too many requests|timeout|timed out/i;

/**
 * JSON-RPC 2.0 over HTTP to one node. What the indexer reads is a hundred megabytes for a hundred thousand events, so an answer goes from the socket to
 * `JSON.parse` in one piece.
 * @see docs/adr/0037-json-rpc-over-plain-http.md
 */
export class JsonRpc {
  readonly #url: URL;
  readonly #agent: HttpAgent;
  readonly #open: (listener: (response: IncomingMessage) => void) => ClientRequest;
  #ids = 0;

  /** @param url http or https; may hold user and password, which are sent as HTTP's basic authentication. Throws TypeError for any other. */
  constructor(url: string) {
    this.#url = new URL(url);
    const secure = this.#url.protocol === "https:";
    if (!secure && this.#url.protocol !== "http:") throw new TypeError(`${this.#url.protocol} is no protocol of an RPC node: http or https is.`);
    const settings = { keepAlive: true, maxSockets: connections };
    this.#agent = secure ? new HttpsAgent(settings) : new HttpAgent(settings);
    const options = { method: "POST", agent: this.#agent, headers: { "content-type": "application/json", "accept-encoding": "gzip" } };
    this.#open = (listener) => (secure ? httpsRequest : httpRequest)(this.#url, options, listener);
  }

  get host(): string {
    return this.#url.host;
  }

  close(): void {
    this.#agent.destroy();
  }

  /** @returns the result. Throws RpcFailure. */
  async call(method: string, params: readonly unknown[]): Promise<unknown> {
    return (await this.batch([{ method, params }]))[0];
  }

  /** @returns the results, in the order of the calls. Throws RpcFailure if one of them fails. */
  async batch(calls: readonly RpcCall[]): Promise<unknown[]> {
    if (calls.length <= batchSize) return this.#ask(calls);
    const parts = Array.from({ length: Math.ceil(calls.length / batchSize) }, (_, part) => this.#ask(calls.slice(part * batchSize, (part + 1) * batchSize)));
    return (await Promise.all(parts)).flat();
  }

  async #ask(calls: readonly RpcCall[]): Promise<unknown[]> {
    const first = this.#ids + 1;
    this.#ids += calls.length;
    const asked = calls.map(({ method, params }, index) => ({ jsonrpc: "2.0", id: first + index, method, params }));
    const body = JSON.stringify(asked.length === 1 ? asked[0] : asked);
    for (let attempt = 0; ; attempt++) {
      try {
        return resultsOf(await this.#post(body), first, calls.length);
      } catch (error) {
        const pause = retriesMs[attempt];
        if (pause === undefined || !(error instanceof RpcFailure) || !error.passing) throw error;
        await wait(pause);
      }
    }
  }

  #post(body: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const failed = (what: string, passing: boolean, cause?: unknown): void => reject(new RpcFailure(what, passing, cause));
      const request = this.#open((response) => {
        const { statusCode = 0 } = response;
        const parts: Buffer[] = [];
        let length = 0;
        response.on("data", (part: Buffer) => {
          parts.push(part);
          length += part.length;
          if (length > longestAnswer) request.destroy(new RpcFailure(`the answer is longer than ${longestAnswer} bytes`, false));
        });
        response.on("error", (error) => failed("the answer broke off", true, error));
        response.on("end", () => {
          if (statusCode !== 200) return failed(`HTTP status ${statusCode}`, busyStatus.has(statusCode));
          try {
            const bytes = parts.length === 1 ? parts[0]! : Buffer.concat(parts, length);
            const plain = response.headers["content-encoding"] === "gzip" ? gunzipSync(bytes, { maxOutputLength: longestAnswer }) : bytes;
            resolve(JSON.parse(plain.toString("utf8")));
          } catch (error) {
            failed("the answer is no JSON", false, error);
          }
        });
      });
      const timer = setTimeout(() => request.destroy(new Error(`no answer in ${requestTimeoutMs} ms`)), requestTimeoutMs);
      request.on("close", () => clearTimeout(timer));
      request.on("error", (error) => (error instanceof RpcFailure ? reject(error) : failed(error.message, true, error)));
      request.end(body);
    });
  }
}

interface Answer {
  readonly id?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code?: unknown; readonly message?: unknown };
}

/** @returns the results of the calls with the ids from `first` on. Nodes may answer the calls of a batch in any order. */
function resultsOf(answer: unknown, first: number, count: number): unknown[] {
  const answers: readonly unknown[] = Array.isArray(answer) ? answer : [answer];
  const results = new Array<unknown>(count);
  const missing = new Set(results.keys());
  for (const item of answers) {
    if (typeof item !== "object" || item === null) throw new RpcFailure("an answer is no object", false);
    const { id, result, error } = item as Answer;
    if (error) throw new RpcFailure(`error ${String(error.code)}: ${String(error.message)}`, busyWords.test(String(error.message)));
    const index = Number(id) - first;
    if (!missing.delete(index)) throw new RpcFailure("an answer belongs to no call", false);
    results[index] = result;
  }
  if (missing.size > 0) throw new RpcFailure(`${missing.size} of ${count} calls have no answer`, false);
  return results;
}
