import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Wallet, type Contract } from "ethers";
import { WebSocket } from "ws";
import { createClient, operations, watch, type GalenClient } from "../client/index.js";
import { operation } from "../client/operations/operation.js";
import { readDeployment } from "../platform/chain/deployment.js";
import { freePort } from "../platform/embedded/free-port.js";
import { openHome } from "../platform/embedded/home.js";
import { startPostgres } from "../platform/embedded/postgres.js";
import type { ListingTerms } from "../schema/listing-terms.js";
import { Role } from "../schema/market.js";
import { seededRandom } from "./support/generated-logs.js";
import { IndexerProcess } from "./support/indexer-process.js";
import { patiently } from "./support/patiently.js";
import { withApi, type TestApi } from "./support/with-api.js";

/** `npm run test:deep` does all 200; GALEN_FAULTS and GALEN_SEED choose others. */
const faults = Number(process.env["GALEN_FAULTS"] ?? (process.env["GALEN_DEEP"] ? 200 : 14));

let t: TestApi;
let home: Awaited<ReturnType<typeof openHome>>;
let postgres: Awaited<ReturnType<typeof startPostgres>>;
let indexer: IndexerProcess;
const provider = Wallet.createRandom();
const auditors = [Wallet.createRandom(), Wallet.createRandom()];
const apis: { port: number; child: ChildProcess }[] = [];
const sockets = new Set<Socket>();
let balancer: Server | undefined;
const below = seededRandom(Number(process.env["GALEN_SEED"] ?? 1));

const startIndexerProcess = (): IndexerProcess =>
  new IndexerProcess({ databaseUrl: t.env["DATABASE_URL"]!, rpcUrl: t.env["RPC_URL"]!, deployment: readDeployment(t.env["DEPLOYMENT_FILE"]!), finalityDepth: 2 });

function startApiProcess(port: number): ChildProcess {
  return spawn(process.execPath, [fileURLToPath(new URL("../api/main.js", import.meta.url))], { env: { PATH: process.env["PATH"], ...t.env, PORT: String(port), LOG_LEVEL: "silent" }, stdio: "ignore" });
}

/** How long the load waits for one of its steps. */
const giveUpMs = 15_000;

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

before(async () => {
  home = await openHome(null);
  // What it committed must outlive its restart.
  postgres = await startPostgres({ home: home.path, durable: true });
  t = await withApi({}, { postgres: { url: postgres.url, stop: () => postgres.stop() }, indexer: false });
  indexer = startIndexerProcess();
  await patiently(() => t.accredit(provider, Role.PROVIDER));
  for (const [slot, auditor] of auditors.entries()) await patiently(() => t.accredit(auditor, Role.AUDITOR, { slot }));
  for (let index = 0; index < 2; index++) {
    const port = await freePort();
    apis.push({ port, child: startApiProcess(port) });
  }
  // Each connection goes to any process, as behind a proxy that knows no sessions.
  balancer = createServer((socket) => {
    const upstream = connect(apis[below(apis.length)]!.port, "127.0.0.1");
    for (const [one, other] of [[socket, upstream], [upstream, socket]] as const) {
      one.pipe(other);
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => balancer!.listen(0, "127.0.0.1", resolve));
});
after(async () => {
  for (const socket of sockets) socket.destroy();
  balancer?.close();
  await Promise.all(apis.map(({ child }) => kill(child)));
  await indexer.end("SIGKILL");
  await t.stop();
  home.release();
});

/** A subscriber that keeps what it was told, and can be paused. */
class Subscriber<Data> {
  readonly told: Data[] = [];
  readonly #stop = new AbortController();
  readonly done: Promise<void>;
  pausedUntil = 0;
  reconnects = 0;

  constructor(client: GalenClient, asked: Parameters<typeof watch<Data, { after?: string }>>[1], variables: object, cursorOf: (data: Data) => string) {
    this.done = (async () => {
      const messages = watch(client, asked, { variables, cursorOf, webSocket: WebSocket, signal: this.#stop.signal, onReconnect: () => this.reconnects++ });
      for await (const data of messages) {
        this.told.push(data);
        if (Date.now() < this.pausedUntil) await wait(this.pausedUntil - Date.now());
      }
    })();
    this.done.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.done;
  }
}

interface Change {
  kind: string;
  listingId: string;
  cursor: string;
  claims: { slot: number; auditor: string; token: string }[];
}
const queueOperation = operation<{ auditQueue: Change }, { after?: string }>("subscription ($after: String) { auditQueue(after: $after) { kind listingId cursor claims { slot auditor token } } }");

/** @returns what is in the queue, with who works on it; asserts that each change fits what was told before. */
function fold(changes: readonly Change[]): Record<string, string[]> {
  const queue = new Map<string, string[]>();
  for (const { kind, listingId, claims } of changes) {
    assert.equal(queue.has(listingId), kind !== "ADDED", `${kind} of ${listingId}`);
    if (kind === "REMOVED") queue.delete(listingId);
    else queue.set(listingId, claims.map(({ slot, auditor, token }) => `${slot} ${auditor} ${token}`));
  }
  return Object.fromEntries([...queue].sort());
}

test(`${faults} random faults under load: what every client was told is what the tables hold; nothing is lost, nothing comes twice`, { timeout: 3_600_000 }, async () => {
  const apiUrl = `http://127.0.0.1:${(balancer!.address() as AddressInfo).port}`;
  const tokens = await Promise.all(auditors.map((auditor) => patiently(() => t.signIn(auditor))));
  // A session lives 15 minutes; that it ends is another test's.
  await patiently(() => t.database.query("update app.session set expires_at = now() + interval '1 day'"));
  for (const { port } of apis) {
    for (let up = false; !up; await wait(100)) up = await fetch(`http://127.0.0.1:${port}/health`).then((answer) => answer.ok, () => false);
  }
  const anonymous = createClient({ apiUrl });
  const event = ({ marketEvents }: { marketEvents: operations.MarketEvent }): string => marketEvents.cursor;
  const start = ((await t.database.query("select last_seq from feed_counter")) as { last_seq: string }[])[0]!.last_seq;
  const [{ cursor }] = ((await t.ask("{ marketEvents(last: 1) { edges { cursor } } }")).data as unknown as { marketEvents: { edges: [{ cursor: string }] } }).marketEvents.edges;
  const head = new Subscriber(anonymous, operations.marketEvents, { after: cursor }, event);
  const listed = new Subscriber(anonymous, operations.marketEvents, { after: cursor, where: { name: ["Listed"] } }, event);
  const final = new Subscriber(anonymous, operations.marketEvents, { finality: "FINALIZED" }, event);
  const queues = tokens.map((token) => new Subscriber(createClient({ apiUrl, token }), queueOperation, {}, ({ auditQueue }) => auditQueue.cursor));
  const everybody = [head, listed, final, ...queues];
  // Without a cursor it begins when it is subscribed: no fault before that.
  const offered: ListingTerms[] = [];
  await patiently(async () => {
    offered.push((await t.list(provider)).terms);
    assert.notEqual(final.told.length, 0, "a final event is told");
  });

  let loading = true;
  let sent = 0;
  const attempt = async (work: () => Promise<unknown>): Promise<void> => {
    // What fails under a fault fails; what took effect is in the tables. What a re-org dropped is never mined: whoever waits for it gives up.
    await Promise.race([work().then(() => sent++, () => undefined), wait(giveUpMs, undefined, { ref: false })]);
    await wait(20);
  };
  const load = [
    (async () => {
      while (loading) await attempt(async () => offered.push((await t.list(provider)).terms));
    })(),
    (async () => {
      const market = t.marketplace.connect(provider.connect(t.provider)) as Contract;
      for (let price = 1; loading; price++) {
        const terms = offered[below(offered.length)];
        // Sent and not waited for: many events, whatever is broken meanwhile.
        if (terms) await attempt(() => market.getFunction("reprice").send(terms, price, { type: 0, gasPrice: 0n }));
        await wait(30);
      }
    })(),
    (async () => {
      while (loading) {
        const [waiting] = (await t.database.query("select id from listing where to_block is null and status = 'PENDING' order by random() limit 1").catch(() => [])) as { id: string }[];
        if (waiting) await attempt(() => t.send(auditors[below(2)]!, "vote", [waiting.id, true, 0]));
        else await wait(50);
      }
    })(),
    (async () => {
      const clients = tokens.map((token) => createClient({ apiUrl, token }));
      while (loading) await attempt(() => clients[below(2)]!.request(operations.claimAudit, { seconds: 1 + below(5) }));
    })(),
  ];

  const kinds: Record<string, () => Promise<unknown>> = {
    async "api killed"() {
      const api = apis[below(apis.length)]!;
      await kill(api.child);
      await wait(below(500));
      api.child = startApiProcess(api.port);
    },
    async "socket cut"() {
      [...sockets][below(sockets.size)]?.destroy();
    },
    // The random ones may spare a subscriber; this one makes each resume at least once.
    async "all sockets cut"() {
      for (const socket of sockets) socket.destroy();
    },
    async "Postgres restarted"() {
      await postgres.stop();
      await wait(below(300));
      postgres = await startPostgres({ home: home.path, durable: true, port: Number(new URL(postgres.url).port) });
    },
    async "indexer killed"() {
      await indexer.end("SIGKILL");
      await wait(below(500));
      indexer = startIndexerProcess();
    },
    "re-org": () => t.provider.send("anvil_reorg", [1, []]),
    async "client paused"() {
      everybody[below(everybody.length)]!.pausedUntil = Date.now() + 500 + below(1_500);
    },
  };
  const names = Object.keys(kinds);
  for (let fault = 0; fault < faults; fault++) {
    // Each kind in turn at first, so that none is left out.
    const name = fault < names.length ? names[fault]! : names[below(names.length)]!;
    await kinds[name]!();
    await wait(200 + below(1_000));
    // A process that could not start since the database was away is started by whoever keeps it running.
    if (indexer.exitCode !== null) indexer = startIndexerProcess();
    for (const api of apis) if (api.child.exitCode !== null) api.child = startApiProcess(api.port);
  }
  loading = false;
  await Promise.all(load);

  // Quiet: the chain goes on, and all is indexed, final and told.
  const keepUp = setInterval(() => {
    if (indexer.exitCode !== null) indexer = startIndexerProcess();
    for (const api of apis) if (api.child.exitCode !== null) api.child = startApiProcess(api.port);
  }, 1_000);
  try {
    const rows = async <Row>(text: string, values: unknown[] = []): Promise<Row[]> => (await t.database.query(text, values)) as Row[];
    const seqs = async (where: string, from: string): Promise<string[]> => (await rows<{ seq: string }>(`select seq from market_event m where seq > $1 and ${where} order by seq`, [from])).map(({ seq }) => seq);
    const standing = "op = 'APPLY' and block_number <= (select finalized_height from chain_status) and not exists (select from market_event r where r.reverts = m.seq)";
    const seqsOf = ({ told }: typeof head): string[] => told.map(({ marketEvents }) => marketEvents.seq);
    const tables = async (): Promise<Record<string, string[]>> => {
      const found = await rows<{ id: string; claims: string[] }>(
        `select l.id, array(select a.slot || ' ' || a.auditor || ' ' || a.token from app.audit_lease a where a.listing_id = l.id order by a.slot) as claims from listing l where l.to_block is null and l.status = 'PENDING'`,
      );
      return Object.fromEntries(found.map(({ id, claims }): [string, string[]] => [id, claims]).sort());
    };
    await patiently(async () => {
      const [left] = await rows<{ left: boolean }>("select exists (select from app.audit_lease) or exists (select from market_event, chain_status where block_number > finalized_height and op = 'APPLY') as left");
      assert.equal(left?.left, false, "claims have run out, and all is final");
    });
    await patiently(async () => assert.deepEqual(seqsOf(head), await seqs("true", start)));
    await patiently(async () => assert.deepEqual(seqsOf(listed), await seqs("name = 'Listed'", start)));
    await patiently(async () => {
      const told = seqsOf(final);
      assert.deepEqual(told, await seqs(standing, (BigInt(told[0]!) - 1n).toString()));
    });
    for (const queue of queues) await patiently(async () => assert.deepEqual(fold(queue.told.map(({ auditQueue }) => auditQueue)), await tables()));
    const reverts = await patiently(() => rows<{ seq: string; reverts: string }>("select seq, reverts from market_event where op = 'REVERT' and seq > $1 order by seq", [start]));
    assert.deepEqual(head.told.filter(({ marketEvents }) => marketEvents.op === "REVERT").map(({ marketEvents: { seq, reverts: taken } }) => ({ seq, reverts: taken })), reverts);
    for (const { told } of queues) assert.equal(new Set(told.map(({ auditQueue }) => auditQueue.cursor)).size, told.length);
    assert.ok(sent > faults && everybody.every(({ reconnects }) => reconnects > 0), `${sent} steps, reconnected ${everybody.map(({ reconnects }) => reconnects).join()} times`);
  } finally {
    clearInterval(keepUp);
    await Promise.all(everybody.map((subscriber) => subscriber.stop()));
  }
});
