import { WebSocket } from "ws";

export interface Message {
  id?: string;
  type: string;
  payload?: unknown;
}

/** A client that speaks graphql-transport-ws message by message, so that its rules can be broken. */
export class LiveClient {
  readonly ws: WebSocket;
  readonly messages: Message[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  #wake: () => void = () => undefined;

  constructor(url: string, options: { protocols?: string[]; localAddress?: string } = {}) {
    this.ws = new WebSocket(`${url.replace("http", "ws")}/graphql`, options.protocols ?? ["graphql-transport-ws"], options.localAddress === undefined ? {} : { localAddress: options.localAddress });
    this.closed = new Promise((resolve) => this.ws.once("close", (code, reason) => resolve({ code, reason: reason.toString() })));
    this.ws.on("error", () => undefined);
    this.ws.on("message", (data: Buffer) => {
      this.messages.push(JSON.parse(data.toString()) as Message);
      this.#wake();
    });
    void this.closed.then(() => this.#wake());
  }

  /** Opens and initialises. */
  static async open(url: string, token?: string, options: { localAddress?: string } = {}): Promise<LiveClient> {
    const client = new LiveClient(url, options);
    await client.opened();
    client.send({ type: "connection_init", ...(token === undefined ? {} : { payload: { authorization: `Bearer ${token}` } }) });
    await client.until(({ type }) => type === "connection_ack");
    return client;
  }

  async opened(): Promise<void> {
    await new Promise((resolve, reject) => this.ws.once("open", resolve).once("error", reject));
  }

  send(message: Message | string): void {
    this.ws.send(typeof message === "string" ? message : JSON.stringify(message));
  }

  subscribe(id: string, query: string, variables: object = {}): void {
    this.send({ id, type: "subscribe", payload: { query, variables } });
  }

  /** @returns the first message that fits, once it has come. */
  async until(fits: (message: Message) => boolean, limitMs = 15_000): Promise<Message> {
    for (const end = Date.now() + limitMs; ; ) {
      const found = this.messages.find(fits);
      if (found) return found;
      if (Date.now() > end) throw new Error(`waited in vain; there came ${JSON.stringify(this.messages.slice(-5))}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, 200);
      });
    }
  }

  /** @returns the data of the first `count` messages of a subscription. */
  async data<Data>(id: string, count: number): Promise<Data[]> {
    const next = (): Message[] => this.messages.filter((message) => message.id === id && message.type === "next");
    await this.until(() => next().length >= count);
    return next().map(({ payload }) => (payload as { data: Data }).data);
  }

  async errorCode(id: string): Promise<string> {
    const { payload } = await this.until((message) => message.id === id && message.type === "error");
    return (payload as { extensions: { code: string } }[])[0]!.extensions.code;
  }
}
