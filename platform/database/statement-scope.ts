import { connect } from "node:net";
import pg from "pg";

/** Number of a cancel request in Postgres' protocol. */
const cancelRequest = 80_877_102;

/** The statements of one request, which are cancelled together when nobody waits for its answer any more. */
export class StatementScope {
  readonly running = new Set<CancellableClient>();
  /** Only what changes nothing may be cut off anywhere. */
  isCancellable = false;
  isOver = false;

  /** Cancels what runs, in Postgres too; what would begin later does not. */
  cancel(): void {
    if (!this.isCancellable) return;
    this.isOver = true;
    for (const client of this.running) client.cancelStatement();
  }
}

/** A connection whose statement can be cancelled; the pool makes them. */
export class CancellableClient extends pg.Client {
  /** Whose statements it runs now; null between two who have it. */
  scope: StatementScope | null = null;
  #cancelling: Promise<void> | undefined;

  constructor(config?: pg.ClientConfig) {
    super(config);
    // A connection that breaks while somebody has it fails that statement, and must not end the process beside.
    this.on("error", () => undefined);
  }

  /** Resolves and rejects as the statement does. Callbacks and submitted streams are passed on as they are. */
  override query(...args: unknown[]): never {
    const { scope } = this;
    const isPlain = typeof args.at(-1) !== "function" && (typeof args[0] === "string" || !("submit" in (args[0] as object)));
    return (scope && isPlain ? this.#within(scope, args) : this.#send(args)) as never;
  }

  /** Asks Postgres, over a connection of its own, to cancel what this one runs. */
  cancelStatement(): void {
    const { processID, secretKey, host, port } = this as unknown as { processID: number; secretKey: number; host: string; port: number };
    const request = Buffer.alloc(16);
    for (const [index, word] of [16, cancelRequest].entries()) request.writeInt32BE(word, 4 * index);
    request.writeInt32BE(processID, 8);
    request.writeInt32BE(secretKey, 12);
    this.#cancelling = new Promise((resolve) => {
      const address = host.startsWith("/") ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
      const socket = connect(address, () => socket.end(request));
      socket.setTimeout(1_000, () => socket.destroy());
      socket.on("error", () => undefined).on("close", () => resolve());
      socket.resume();
    });
  }

  async #within(scope: StatementScope, args: unknown[]): Promise<unknown> {
    // A transaction still has to end: its connection goes to others.
    if (scope.isOver && args[0] !== "ROLLBACK") throw new Error("Nobody waits for this statement any more.");
    scope.running.add(this);
    try {
      return await this.#send(args);
    } finally {
      scope.running.delete(this);
    }
  }

  /** A cancel request that is under way must not reach the next statement. */
  #send(args: unknown[]): unknown {
    const send = (): unknown => (super.query as (...given: unknown[]) => unknown).apply(this, args);
    const cancelling = this.#cancelling;
    if (!cancelling) return send();
    this.#cancelling = undefined;
    const sent = cancelling.then(send);
    if (typeof args.at(-1) === "function") return undefined;
    return typeof args[0] === "object" && "submit" in (args[0] as object) ? args[0] : sent;
  }
}
