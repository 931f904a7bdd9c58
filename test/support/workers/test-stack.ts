import { randomBytes, randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { JsonRpcProvider, NonceManager, Wallet, id } from "ethers";
import type { Redis } from "ioredis";
import type { DataSource } from "typeorm";
import { deploy, type Deployment } from "../../../contracts/script/deploy.js";
import { nodeBackend } from "../../../crypto/backend/node.js";
import { newest } from "../../../crypto/custody/keyring.js";
import { openKeyring } from "../../../crypto/custody/keyring-node.js";
import { nodeCrypto } from "../../../crypto/node.js";
import { recipientCommitment } from "../../../crypto/recipient.js";
import { newStagingKey, stagingCipher } from "../../../crypto/sealed-staging.js";
import { sealEvidence } from "../../../crypto/legal-evidence.js";
import { deriveStagingKey, wrapStagingKey } from "../../../crypto/staging-key.js";
import { loadCommittedModel, predict } from "../../../ml-model/predict.js";
import { connectDatabase } from "../../../platform/database/connect.js";
import { migrate } from "../../../platform/database/migrate.js";
import { createLogger, type Logger } from "../../../platform/log.js";
import { openFolderStore } from "../../../platform/objects/folder-store.js";
import { stagedEvidence } from "../../../platform/objects/staging-folder.js";
import { stagedFile } from "../../../platform/objects/staged-parts.js";
import { connectRedis } from "../../../platform/queue/connect-redis.js";
import { createQueues, type Queues } from "../../../platform/queue/queues.js";
import { AccessGrant } from "../../../schema/entities/access-grant.js";
import { LegalEvidence } from "../../../schema/entities/legal-evidence.js";
import { Recipient } from "../../../schema/entities/recipient.js";
import { Upload } from "../../../schema/entities/upload.js";
import { ParticipantKind, Role } from "../../../schema/market.js";
import { withAnvil } from "../with-anvil.js";
import { withPostgres } from "../with-postgres.js";
import { withRedis } from "../with-redis.js";
import type { WorkerDeps } from "../../../workers/deps.js";
import { openMarket } from "../../../workers/market.js";

export interface Party {
  wallet: Wallet;
  /** Lower case, as every table has it. */
  account: string;
  /** age key pair. */
  identity: string;
  recipient: string;
  commitment: string;
}

export interface TestStack {
  folder: string;
  /** Connection and key files of a real workers process. */
  env: Readonly<Record<string, string>>;
  deps: WorkerDeps & { queues: Queues; redis: Redis; databaseUrl: string; log: Logger };
  database: DataSource;
  provider: JsonRpcProvider;
  deployment: Deployment;
  wallets: { RELAYER: Wallet; DELIVERER: Wallet; ANCHORER: Wallet };
  admin: NonceManager;
  provider1: Party;
  auditor1: Party;
  auditor2: Party;
  buyer: Party;
  /** Of the services below it. */
  pids: Readonly<Record<"postgres" | "redis" | "anvil", number>>;
  /** Stages a file, and the evidence of its legal basis, as the api does, and leaves it RECEIVED. @returns the upload's id. */
  receive(bytes: Uint8Array, set?: Partial<Pick<Upload, "owner" | "status" | "size" | "payee" | "suite" | "legalBasisCode">>, withEvidence?: boolean): Promise<string>;
  upload(id: string): Promise<Upload>;
  grant(id: string): Promise<AccessGrant>;
  stop(): Promise<void>;
}

/**
 * Real Postgres, Redis and anvil with a deployed market, its accredited parties, a folder of objects and the committed model.
 * @param options.durable - Postgres syncs and Redis keeps its file, as in production
 */
export async function testStack({ blockTime, durable = false }: { blockTime?: number; durable?: boolean } = {}): Promise<TestStack> {
  const folder = mkdtempSync(join(tmpdir(), "galen-workers-"));
  const [postgres, redisServer, anvil] = await Promise.all([withPostgres({ durable }), withRedis({ durable }), withAnvil(blockTime === undefined ? {} : { blockTime })]);
  const database = await connectDatabase({ url: postgres.url, service: "test", poolSize: 20 });
  await migrate(database);
  const redis = await connectRedis({ url: redisServer.url });
  const queues = createQueues(redis);
  const provider = new JsonRpcProvider(anvil.url, undefined, { cacheTimeout: -1, polling: true });
  const admin = new NonceManager(Wallet.createRandom().connect(provider));
  const adminAddress = await admin.getAddress();
  const newWallet = (): Wallet => new Wallet(Wallet.createRandom().privateKey);
  const wallets = { RELAYER: newWallet(), DELIVERER: newWallet(), ANCHORER: newWallet() };
  const deployment = await deploy({
    signer: admin.signer,
    directory: join(folder, "deployments"),
    parameters: {
      registrar: adminAddress, pauser: adminAddress, treasurer: adminAddress, treasury: adminAddress, token: { name: "Test Dollar", symbol: "tUSD" },
      feeBps: 250, quorum: 2, deliveryWindow: 3_600, settleWindow: 3_600, maxPause: 7_200, delays: { admin: 0, registrar: 0, pauser: 0, treasurer: 0 },
      platform: [
        { account: wallets.RELAYER.address, roles: Role.RELAYER },
        { account: wallets.DELIVERER.address, roles: Role.DELIVERER },
        { account: wallets.ANCHORER.address, roles: Role.ANCHORER },
      ],
    },
  });
  admin.reset();
  const market = openMarket(provider, deployment);
  const parties = [Role.PROVIDER, Role.AUDITOR, Role.AUDITOR, Role.BUYER].map((role): Party & { roles: number } => {
    const wallet = newWallet();
    const { identity, recipient } = nodeCrypto.generateIdentity();
    return { wallet: wallet.connect(provider), account: wallet.address.toLowerCase(), identity, recipient, commitment: recipientCommitment(recipient), roles: Number(role) };
  });
  const registrations = parties.map(({ account, roles, commitment }, slot) => ({
    account,
    institution: id(account),
    roles,
    kind: ParticipantKind.RESEARCH_INSTITUTION,
    auditorSlot: (roles & Role.AUDITOR) === 0 ? 0 : slot,
    validUntil: 4_000_000_000,
    credentialCommitment: id("credential"),
    recipientCommitment: commitment,
  }));
  await (await admin.sendTransaction({ to: deployment.marketplace, data: market.contract.encodeFunctionData("registerParticipants", [registrations]), type: 0, gasPrice: 0n })).wait();
  for (const { account, recipient, commitment } of parties) await database.getRepository(Recipient).insert({ account, recipient, commitment });
  const [provider1, auditor1, auditor2, buyer] = parties;
  if (!provider1 || !auditor1 || !auditor2 || !buyer) throw new Error("four parties were made");

  const objectFolder = join(folder, "objects");
  const objects = await openFolderStore(objectFolder);
  const keysFolder = join(folder, "keys");
  mkdirSync(keysFolder);
  const keyFile = (name: string, bytes: Uint8Array): string => {
    const path = join(keysFolder, name);
    writeFileSync(path, Buffer.from(bytes).toString("hex"), { mode: 0o600 });
    return path;
  };
  const [stagingKey, dedupKey] = [randomBytes(32), randomBytes(32)];
  const keyringFile = join(keysFolder, "keyring.json");
  const keyring = await openKeyring(keyringFile);
  const model = await loadCommittedModel();
  const maxBytes = 50_000_000;
  const walletBytes = (wallet: Wallet): Uint8Array => Buffer.from(wallet.privateKey.slice(2), "hex");
  const env = {
    NODE_ENV: "test",
    LOG_LEVEL: "info",
    CONNECT_TIMEOUT_MS: "10000",
    RPC_URL: anvil.url,
    DEPLOYMENT_FILE: join(folder, "deployments", `${deployment.chainId}.json`),
    FINALITY_DEPTH: "2",
    POLL_INTERVAL_MS: "50",
    OBJECT_STORE_URL: pathToFileURL(objectFolder).href,
    DATABASE_URL: postgres.url,
    REDIS_URL: redisServer.url,
    MAX_UPLOAD_BYTES: String(maxBytes),
    STAGING_KEY_FILE: keyFile("staging", stagingKey),
    DEDUP_KEY_FILE: keyFile("dedup", dedupKey),
    KEYRING_FILE: keyringFile,
    RELAYER_KEY_FILE: keyFile("relayer", walletBytes(wallets.RELAYER)),
    DELIVERER_KEY_FILE: keyFile("deliverer", walletBytes(wallets.DELIVERER)),
    ANCHORER_KEY_FILE: keyFile("anchorer", walletBytes(wallets.ANCHORER)),
  };
  const deps = {
    database, objects, queues, redis, market, stagingKey, dedupKey, maxBytes, accessEvents: "each" as const,
    databaseUrl: postgres.url,
    log: createLogger({ service: "test", level: process.env["TEST_LOG_LEVEL"] ?? "silent" }),
    fileKeys: nodeCrypto.createKeyWrapper(nodeCrypto.keyringKek(() => keyring), () => keyring.identities),
    signingKey: () => newest(keyring.signingKeys).value,
    predict: (input: Parameters<typeof predict>[1]) => Promise.resolve(predict(model, input)),
    ending: new AbortController().signal,
  };

  return {
    folder, env, deps, database, provider, deployment, wallets, admin, provider1, auditor1, auditor2, buyer,
    pids: { postgres: postgres.pid, redis: redisServer.pid, anvil: anvil.pid },
    async receive(bytes, set = {}, withEvidence = true) {
      const uploadId = randomUUID();
      const key = newStagingKey(nodeBackend);
      const cipher = stagingCipher(nodeBackend, key, 0);
      const evidence = sealEvidence(nodeBackend, Buffer.from("The patients' consent"));
      async function* document(): AsyncGenerator<Uint8Array> {
        yield stagingCipher(nodeBackend, deriveStagingKey(nodeBackend, key, stagedEvidence), 0).update(evidence.sealed);
      }
      async function* encrypted(): AsyncGenerator<Uint8Array> {
        yield cipher.update(bytes);
      }
      const upload = {
        id: uploadId,
        owner: provider1.account,
        status: "RECEIVED",
        size: BigInt(bytes.length),
        received: BigInt(bytes.length),
        region: 756,
        payee: provider1.account,
        legalBasis: "consent",
        legalBasisCode: "CONSENT",
        legalEvidenceHash: evidence.hash,
        suite: "age-v1/mlkem768x25519",
        stagingKey: Buffer.from(wrapStagingKey(nodeBackend, stagingKey, uploadId, key)),
        ...set,
      };
      // As the api does it: the row, the bytes, and then the word that they are all there.
      await database.getRepository(Upload).insert({ ...upload, status: "CREATED" });
      if (withEvidence) {
        await objects.put(`staging/${uploadId}/${stagedEvidence}`, document());
        await database.getRepository(LegalEvidence).insert({ uploadId, mediaType: "text/plain", size: BigInt(evidence.sealed.length) });
      }
      await stagedFile(objects, `staging/${uploadId}/source`).append(0, encrypted());
      await database.transaction(async (manager) => {
        await manager.getRepository(Upload).update({ id: uploadId }, { status: upload.status });
        await manager.query("insert into app.activity (kind, account, upload_id, payload) values ('UPLOAD', $1, $2, $3)", [upload.owner, uploadId, JSON.stringify({ status: upload.status })]);
      });
      return uploadId;
    },
    upload: (uploadId) => database.getRepository(Upload).findOneByOrFail({ id: uploadId }),
    grant: (grantId) => database.getRepository(AccessGrant).findOneByOrFail({ id: grantId }),
    async stop() {
      await queues.close();
      redis.disconnect();
      provider.destroy();
      await database.destroy();
      await Promise.all([postgres.stop(), redisServer.stop(), anvil.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
