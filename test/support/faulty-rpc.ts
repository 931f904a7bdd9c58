import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

interface Call {
  id: number;
  method: string;
  params: unknown[];
}
interface Answer {
  id: number;
  result?: unknown;
  error?: { code: number; message: string };
}
/** What becomes of one answer; undefined = nothing. */
export type Fault = (call: Call, answer: Answer) => Answer | undefined;

/** A node's RPC address in front of the real one, which can be down, answer with errors, or lie. */
export class FaultyRpc {
  /** Applied to every answer. */
  fault: Fault | null = null;
  /** "down": connections are cut; "http": every request is answered with 500. */
  state: "up" | "down" | "http" = "up";
  calls = 0;
  readonly #server: Server;
  #url = "";

  private constructor(target: string) {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        if (this.state === "down") return void request.socket.destroy();
        if (this.state === "http") return void response.writeHead(500).end("broken");
        const body = Buffer.concat(chunks).toString();
        this.#forward(target, body).then(
          (text) => response.writeHead(200, { "content-type": "application/json" }).end(text),
          () => request.socket.destroy(),
        );
      });
    });
  }

  static async start(target: string): Promise<FaultyRpc> {
    const proxy = new FaultyRpc(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    proxy.#url = `http://127.0.0.1:${(proxy.#server.address() as AddressInfo).port}`;
    return proxy;
  }

  get url(): string {
    return this.#url;
  }

  async #forward(target: string, body: string): Promise<string> {
    const response = await fetch(target, { method: "POST", headers: { "content-type": "application/json" }, body });
    const answers = (await response.json()) as Answer | Answer[];
    const calls = JSON.parse(body) as Call | Call[];
    const spoil = (call: Call): Answer => {
      this.calls++;
      const answer = [answers].flat().find(({ id }) => id === call.id)!;
      return this.fault?.(call, answer) ?? answer;
    };
    return JSON.stringify(Array.isArray(calls) ? calls.map(spoil) : spoil(calls));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
