import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Contract, hexlify, id, JsonRpcProvider, Wallet, ZeroHash, type HDNodeWallet, type InterfaceAbi } from "ethers";
import type { DataSource } from "typeorm";
import { consentTypedData } from "../../api/chain/consent.js";
import { startApi, type ApiEnv, type RunningApi } from "../../api/start-api.js";
import { deploy, type DeployParameters } from "../../contracts/script/deploy.js";
import { recipientCommitment } from "../../crypto/recipient.js";
import { parseEnv } from "../../platform/config/parse-env.js";
import { processVariables } from "../../platform/config/processes.js";
import { connectDatabase } from "../../platform/database/connect.js";
import { migrate } from "../../platform/database/migrate.js";
import { freePort } from "../../platform/embedded/free-port.js";
import { createLogger } from "../../platform/log.js";
import { Shutdown } from "../../platform/service/run-service.js";
import { marketplaceAbi } from "../../schema/abi/marketplace.js";
import type { ListingTerms } from "../../schema/listing-terms.js";
import { ParticipantKind, Role } from "../../schema/market.js";
import { startIndexer } from "./indexer-harness.js";
import { withAnvil } from "./with-anvil.js";
import { withPostgres, type TestService } from "./with-postgres.js";
import { withRedis } from "./with-redis.js";

export type TestWallet = HDNodeWallet | Wallet;

/** An answer of the API, as it is on the wire. */
export interface Answer {
  status: number;
  data: Record<string, never> | null | undefined;
  errors: { message: string; path?: (string | number)[]; extensions: { code: string; retryable: boolean; requestId: string; details?: Record<string, unknown> } }[];
  extensions: { chain: { indexedBlock: number; head: number; lag: number } | null } | undefined;
}

export interface TestApi {
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;
  readonly api: RunningApi;
  readonly database: DataSource;
  readonly provider: JsonRpcProvider;
  readonly wallets: Readonly<Record<"registrar" | "operator" | "relayer" | "deliverer" | "treasurer", TestWallet>>;
  readonly marketplace: Contract;
  /** Sends a GraphQL operation. */
  ask(query: string, variables?: object, token?: string): Promise<Answer>;
  /** Signs in with Ethereum; gives the access token. */
  signIn(wallet: TestWallet): Promise<string>;
  /** Sends a call at gas price 0, and waits until the index has it. */
  send(wallet: TestWallet, method: string, args: readonly unknown[]): Promise<string>;
  /** Registers an account on the chain, and tells the platform its recipient. */
  accredit(wallet: TestWallet, roles: number, options?: { slot?: number; validForSeconds?: number; institution?: string; recipient?: string }): Promise<void>;
  /** Has the relayer list something of a provider, with the provider's consent; gives the listing's id. */
  list(provider: TestWallet, offer?: { price?: bigint; purposes?: number }): Promise<{ listingId: string; terms: ListingTerms }>;
  /** What a real workers process needs to work on the same services. */
  readonly workersEnv: Readonly<Record<string, string>>;
  /** Waits until the index has the head. */
  untilIndexed(): Promise<void>;
  /** Ends the API alone, as SIGTERM does. */
  stopApi(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * The API over real Postgres, Redis, anvil, contracts and indexer, in the test's process.
 * @param options.postgres - one of the test's own, stopped with the others; so are `redis` and `anvil`
 * @param options.indexer - false: the test runs its own
 * @param options.assignment - auditors are assigned by lot
 */
export async function withApi(overrides: Readonly<Record<string, string>> = {}, options: { postgres?: TestService; redis?: TestService; anvil?: TestService; indexer?: boolean; assignment?: DeployParameters["assignment"] } = {}): Promise<TestApi> {
  const folder = mkdtempSync(join(tmpdir(), "galen-api-"));
  const services = await Promise.all([options.postgres ?? withPostgres(), options.redis ?? withRedis(), options.anvil ?? withAnvil()]);
  const [postgres, redis, anvil] = services;
  const provider = new JsonRpcProvider(anvil.url, undefined, { cacheTimeout: -1, pollingInterval: 20 });
  const [registrar, operator, relayer, deliverer, treasurer] = [1, 2, 3, 4, 5].map(() => Wallet.createRandom(provider)) as [TestWallet, TestWallet, TestWallet, TestWallet, TestWallet];
  const anchorer = Wallet.createRandom(provider);
  const { address: registrarAddress } = registrar;
  const deployment = await deploy({
    signer: Wallet.createRandom(provider),
    directory: folder,
    parameters: {
      registrar: registrarAddress,
      pauser: operator.address,
      treasurer: treasurer.address,
      treasury: registrarAddress,
      token: { name: "Test Dollar", symbol: "tUSD" },
      feeBps: 250,
      quorum: 2,
      deliveryWindow: 3_600,
      settleWindow: 3_600,
      maxPause: 3_600,
      ...(options.assignment ? { assignment: options.assignment } : {}),
      delays: { admin: 0, registrar: 0, pauser: 0, treasurer: 0 },
      platform: [
        { account: relayer.address, roles: Role.RELAYER },
        { account: deliverer.address, roles: Role.DELIVERER | Role.ANCHORER },
        { account: anchorer.address, roles: Role.ANCHORER },
      ],
    },
  });
  const key = (name: string, hex: string = randomBytes(32).toString("hex")): string => {
    const path = join(folder, `${name}.key`);
    writeFileSync(path, hex, { mode: 0o600 });
    return path;
  };
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const given = {
    NODE_ENV: "test",
    LOG_LEVEL: process.env["TEST_LOG"] ?? "silent",
    PORT: String(port),
    PUBLIC_URL: url,
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    RPC_URL: anvil.url,
    DEPLOYMENT_FILE: join(folder, "31337.json"),
    OBJECT_STORE_URL: pathToFileURL(join(folder, "objects")).href,
    STAGING_KEY_FILE: key("staging"),
    LINK_KEY_FILE: key("link"),
    CURSOR_KEY_FILE: key("cursor"),
    POLL_INTERVAL_MS: "20",
    // Tests ask much in little time; the limits have tests of their own.
    COST_LIMIT: "0",
    ANONYMOUS_BUDGET: "0",
    CLIENT_BUDGET: "0",
    ...overrides,
  };
  const database = await connectDatabase({ url: postgres.url, service: "test" });
  await migrate(database);
  const indexer = options.indexer === false ? null : startIndexer({ database, rpcUrl: anvil.url, deployment });
  const env: ApiEnv = parseEnv(processVariables.api, given);
  const shutdown = new Shutdown();
  const api = await startApi(env, createLogger({ service: "api", level: env.LOG_LEVEL }), shutdown);
  const marketplace = new Contract(deployment.marketplace, marketplaceAbi as unknown as InterfaceAbi, provider);

  const test: TestApi = {
    url,
    env: given,
    api,
    database,
    provider,
    wallets: { registrar, operator, relayer, deliverer, treasurer },
    marketplace,
    get workersEnv() {
      const { PORT: _port, PUBLIC_URL: _url, LINK_KEY_FILE: _link, CURSOR_KEY_FILE: _cursor, ...shared } = given as Record<string, string>;
      const keyOf = (name: string, { privateKey }: TestWallet): string => key(name, privateKey.slice(2));
      return {
        ...shared,
        FINALITY_DEPTH: "2",
        MAX_UPLOAD_BYTES: "50000000",
        DEDUP_KEY_FILE: key("dedup"),
        KEYRING_FILE: join(folder, "keyring.json"),
        RELAYER_KEY_FILE: keyOf("relayer", relayer),
        DELIVERER_KEY_FILE: keyOf("deliverer", deliverer),
        ANCHORER_KEY_FILE: keyOf("anchorer", anchorer),
      };
    },
    async ask(query, variables = {}, token) {
      const response = await fetch(`${url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
        body: JSON.stringify({ query, variables }),
      });
      const body = (await response.json()) as Partial<Answer>;
      return { status: response.status, data: body.data, errors: body.errors ?? [], extensions: body.extensions };
    },
    async signIn(wallet) {
      const challenge = await test.ask("mutation($account: ID!) { signInChallenge(account: $account) { message } }", { account: wallet.address });
      if (!challenge.data) throw new Error(`No challenge to sign in with: ${JSON.stringify(challenge.errors)}`);
      const { message } = (challenge.data as unknown as { signInChallenge: { message: string } }).signInChallenge;
      const signature = await wallet.signMessage(message);
      const session = await test.ask("mutation($message: String!, $signature: String!) { signIn(message: $message, signature: $signature) { accessToken } }", { message, signature });
      return (session.data as unknown as { signIn: { accessToken: string } }).signIn.accessToken;
    },
    async send(wallet, method, args) {
      const bound = marketplace.connect(wallet.connect(provider)) as Contract;
      const sent = (await bound.getFunction(method).send(...args, { type: 0, gasPrice: 0n })) as { hash: string; wait(): Promise<unknown> };
      await sent.wait();
      await test.untilIndexed();
      return sent.hash;
    },
    async accredit(wallet, roles, options = {}) {
      const { timestamp } = (await provider.getBlock("latest"))!;
      // Only whoever re-wraps a key reads the recipient itself.
      const recipient = options.recipient ?? `age1${wallet.address}`;
      const commitment = recipientCommitment(recipient);
      await database.query("insert into app.recipient (commitment, account, recipient) values ($1, $2, $3) on conflict do nothing", [commitment, wallet.address.toLowerCase(), recipient]);
      await test.send(registrar, "registerParticipants", [
        [
          {
            account: wallet.address,
            institution: id(options.institution ?? "institution"),
            roles,
            kind: ParticipantKind.HOSPITAL,
            auditorSlot: options.slot ?? 0,
            validUntil: timestamp + (options.validForSeconds ?? 86_400),
            credentialCommitment: id(`credential of ${wallet.address}`),
            recipientCommitment: commitment,
          },
        ],
      ]);
    },
    async list(owner, { price = 5_000_000n, purposes = 3 } = {}) {
      const random = (): string => hexlify(randomBytes(32));
      const terms: ListingTerms = {
        provider: owner.address,
        payee: owner.address,
        contentHash: random(),
        plaintextRoot: random(),
        ciphertextRoot: random(),
        keyCommitment: random(),
        metadataHash: random(),
        legalEvidenceHash: random(),
        previousId: ZeroHash,
        dataKind: 1,
        region: 276,
      };
      const listingId = (await marketplace.getFunction("listingIdOf")(terms)) as string;
      const deadline = BigInt(Math.floor(Date.now() / 1000) + 3_600);
      const { EIP712Domain: _domain, ...types } = consentTypedData(api.deps.market, { listingId, price, purposes: BigInt(purposes), deadline }).types;
      const { domain } = consentTypedData(api.deps.market, { listingId, price, purposes: BigInt(purposes), deadline });
      const consent = await owner.signTypedData(domain, types, { listingId, price, purposes, deadline });
      await test.send(relayer, "list", [terms, { price, purposes, p10: 1n, p50: 2n, p90: 3n, modelHash: id("model") }, deadline, consent]);
      return { listingId, terms };
    },
    async untilIndexed() {
      const block = (await provider.getBlock("latest"))!;
      await untilAtLeast(database, block.number);
    },
    stopApi: () => shutdown.run(),
    async stop() {
      await shutdown.run();
      await indexer?.stop();
      await database.destroy();
      provider.destroy();
      await Promise.all(services.map((service) => service.stop()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return test;
}

/** A block comes every second: waiting for exactly one may miss it. */
async function untilAtLeast(database: DataSource, height: number): Promise<void> {
  for (const end = Date.now() + 20_000; ; ) {
    const [row] = (await database.query("select height from chain_status")) as { height: number }[];
    if (row && row.height >= height) return;
    if (Date.now() > end) throw new Error(`The index did not reach block ${height}.`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}
