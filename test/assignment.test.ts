import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Contract, hexlify, JsonRpcProvider, randomBytes, Wallet, type Filter, type FilterByBlockHash, type InterfaceAbi, type Log } from "ethers";
import pg from "pg";
import { fileSecrets } from "../cli/user/file-secrets.js";
import { attend, createClient, openContracts, verifyDraw, type AttendStep } from "../client/index.js";
import { ChainRpc } from "../indexer/chain-rpc.js";
import { selfCheck } from "../indexer/self-check.js";
import { createLogger } from "../platform/log.js";
import { createSender } from "../platform/outbox/create-sender.js";
import { marketplaceAbi } from "../schema/abi/marketplace.js";
import { AppError } from "../schema/errors.js";
import { Role } from "../schema/market.js";
import { keepDraws } from "../workers/dispatch/keep-draws.js";
import { openMarket, type Market } from "../workers/market.js";
import { withApi, type Answer, type TestApi, type TestWallet } from "./support/with-api.js";

const roundSeconds = 600;
const exclusiveSeconds = 3_600;
const folder = mkdtempSync(join(tmpdir(), "galen-assignment-"));
let t: TestApi;
let market: Market;
const provider = Wallet.createRandom();
const auditors = [1, 2, 3, 4].map(() => Wallet.createRandom());
const tokens: string[] = [];
const account = (index: number): string => auditors[index]!.address.toLowerCase();

before(async () => {
  t = await withApi({}, { assignment: { roundSeconds, seats: 2, exclusiveSeconds } });
  market = openMarket(t.provider, t.api.deps.market.deployment);
  await t.accredit(provider, Role.PROVIDER);
  for (const [slot, auditor] of auditors.entries()) {
    await t.accredit(auditor, Role.AUDITOR, { slot, institution: `auditor ${slot}` });
    tokens.push(await t.signIn(auditor));
  }
});
after(async () => {
  await t.stop();
  rmSync(folder, { recursive: true });
});

const headTime = async (): Promise<number> => (await t.provider.getBlock("latest"))!.timestamp;
/** To so many seconds after the beginning of a round. */
async function travel(round: bigint, seconds: number): Promise<void> {
  await t.provider.send("evm_setNextBlockTimestamp", [Number(round) * roundSeconds + seconds]);
  await t.provider.send("evm_mine", []);
}
/** What a workers process does: looks for what is due, twice, and sends it. */
async function keep(): Promise<void> {
  await t.provider.send("anvil_mine", ["0x3"]);
  await t.untilIndexed();
  await keepDraws(t.database, market);
  await keepDraws(t.database, market);
  const log = createLogger({ service: "test", level: "silent" });
  const sender = createSender({ database: t.database, provider: t.provider, wallet: new Wallet(t.wallets.relayer.privateKey), role: "RELAYER", chainId: 31337, contract: market.contract, finalityDepth: 0, log });
  for (let i = 0; i < 4; i++) await sender.step();
  await sender.close();
  await t.provider.send("anvil_mine", ["0x3"]);
  await t.untilIndexed();
}
const code = (answer: Answer): string | undefined => answer.errors[0]?.extensions.code;
const data = <T>(answer: Answer): T => {
  assert.deepEqual(answer.errors, []);
  return answer.data as T;
};
interface AssignmentAnswer {
  status: string;
  round: string;
  failedDraws: number;
  seed: string | null;
  exclusiveUntil: string | null;
  auditors: { auditor: string; position: number }[];
}
const assignmentOf = async (id: string, at?: number): Promise<AssignmentAnswer | null> =>
  data<{ listing: { assignment: AssignmentAnswer | null } }>(
    await t.ask("query($id: ID!, $at: AsOf) { listing(id: $id, at: $at) { assignment { status round failedDraws seed exclusiveUntil auditors { auditor position } } } }", { id, ...(at === undefined ? {} : { at: { block: at } }) }),
  ).listing.assignment;
const claim = (index: number, listingId?: string): Promise<Answer> => t.ask("mutation($listingId: ID) { claimAudit(listingId: $listingId) { listingId token } }", { listingId }, tokens[index]);
const roundNow = async (): Promise<{ round: string; phase: string; reveals: number; minReveals: number }> =>
  data<{ assignmentRound: { round: string; phase: string; reveals: number; minReveals: number } }>(await t.ask("{ assignmentRound { round phase phaseEndsAt roundSeconds reveals minReveals contract } }")).assignmentRound;
/** Sends a prepared transaction from the auditor's wallet. */
async function sendPrepared(index: number, mutation: string, variables: object): Promise<void> {
  const prepared = Object.values(data<Record<string, { to: string; data: string }>>(await t.ask(mutation, variables, tokens[index])))[0]!;
  await (await (auditors[index] as TestWallet).connect(t.provider).sendTransaction({ to: prepared.to, data: prepared.data, type: 0, gasPrice: 0n })).wait();
}
const commitSecret = "mutation($round: BigInt!, $commitment: String!) { commitSecret(round: $round, commitment: $commitment) { to data } }";
const revealSecret = "mutation($round: BigInt!, $secret: String!) { revealSecret(round: $round, secret: $secret) { to data } }";

test("from a listing to its drawn auditors: requested, committed, revealed, drawn, claimed, and recomputed from the chain", async () => {
  const { listingId } = await t.list(provider);
  assert.equal(await assignmentOf(listingId), null);
  assert.equal(code(await claim(0, listingId)), "NOT_DRAWN");
  const start = BigInt(Math.floor((await headTime()) / roundSeconds)) + 1n;
  await travel(start, 10);
  await keep();
  const round = start + 1n;
  const requested = await assignmentOf(listingId);
  assert.deepEqual(requested, { status: "REQUESTED", round: `${round}`, failedDraws: 0, seed: null, exclusiveUntil: null, auditors: [] });
  const requestedAt = await t.provider.getBlockNumber();

  await travel(round, 10);
  assert.deepEqual(await roundNow().then(({ round: number, phase, reveals }) => [number, phase, reveals]), [`${round}`, "COMMIT", 0]);
  const contracts = await openContracts(createClient({ apiUrl: t.url }));
  const steps: AttendStep[] = [];
  const takePart = async (index: number, until: AttendStep["step"]): Promise<void> => {
    const ended = new AbortController();
    for await (const step of attend(contracts, new Wallet(auditors[index]!.privateKey), { secrets: fileSecrets(join(folder, `${index}`)), signal: ended.signal, everyMs: 20 })) {
      steps.push(step);
      if (step.step === until) ended.abort();
    }
  };
  await takePart(0, "COMMITTED");
  await takePart(1, "COMMITTED");
  const [kept] = readdirSync(join(folder, "0"));
  assert.equal(kept, `${round}.secret`);
  assert.equal(statSync(join(folder, "0", kept)).mode & 0o777, 0o600);
  // The third withholds; the fourth goes by GraphQL alone.
  const draw = contracts.auditDraw!;
  const secret = hexlify(randomBytes(32));
  for (const [index, of] of [[2, hexlify(randomBytes(32))], [3, secret]] as const) {
    await sendPrepared(index, commitSecret, { round: `${round}`, commitment: (await draw.getFunction("commitmentOf")(round, auditors[index]!.address, of)) as string });
  }
  assert.equal(code(await t.ask(revealSecret, { round: `${round}`, secret }, tokens[3])), "CONFLICT");
  await travel(round, roundSeconds / 2 + 10);
  assert.equal(code(await t.ask(commitSecret, { round: `${round}`, commitment: secret }, tokens[3])), "CONFLICT");
  await sendPrepared(3, revealSecret, { round: `${round}`, secret });
  // As after a restart: the secrets come from the folder.
  await takePart(0, "REVEALED");
  await takePart(1, "REVEALED");
  assert.deepEqual(steps.map(({ step }) => step), ["COMMITTED", "COMMITTED", "REVEALED", "REVEALED"]);
  assert.deepEqual(await roundNow().then(({ reveals, minReveals }) => [reveals, minReveals]), [3, 2]);

  await keep();
  assert.equal((await assignmentOf(listingId))?.status, "REQUESTED", "not before the round is over");
  await travel(round + 1n, 1);
  await keep();
  const drawn = (await assignmentOf(listingId))!;
  assert.equal(drawn.status, "DRAWN");
  const names = drawn.auditors.map(({ auditor }) => auditor);
  assert.equal(new Set(names).size, 2);
  assert.ok(names.every((name) => [0, 1, 3].map(account).includes(name)), "who withholds a secret is not drawn");
  assert.deepEqual(await assignmentOf(listingId, requestedAt), requested, "as of a block it is what it was then");

  const others = [0, 1, 2, 3].filter((index) => !names.includes(account(index)));
  for (const index of others) {
    assert.equal(code(await claim(index, listingId)), "NOT_DRAWN");
    assert.equal(data<{ claimAudit: unknown }>(await claim(index)).claimAudit, null, "nothing waits for who was not drawn");
  }
  const [first, second] = [0, 1, 2, 3].filter((index) => names.includes(account(index))) as [number, number];
  assert.equal(data<{ claimAudit: { listingId: string } }>(await claim(first)).claimAudit.listingId, listingId);
  data(await claim(second, listingId));

  const verified = await verifyDraw(t.marketplace, listingId);
  assert.deepEqual(verified.auditors.map((auditor) => auditor.toLowerCase()), names);
  assert.deepEqual([verified.seed, verified.revealed.length, verified.withheld.map((auditor) => auditor.toLowerCase())], [drawn.seed, 3, [account(2)]]);
});

test("a draw that was made by other secrets or of other auditors is found", async () => {
  class Hiding extends JsonRpcProvider {
    constructor(url: string, readonly hides: (log: Log) => boolean) {
      super(url, undefined, { cacheTimeout: -1 });
    }
    override async getLogs(filter: Filter | FilterByBlockHash): Promise<Log[]> {
      return (await super.getLogs(filter)).filter((log) => !this.hides(log));
    }
  }
  const [{ id }] = (await t.database.query("select listing_id as id from assignment where status = 'DRAWN' limit 1")) as [{ id: string }];
  const { auditors: drawn } = await verifyDraw(t.marketplace, id);
  const topic = (address: string): string => `0x${"0".repeat(24)}${address.slice(2).toLowerCase()}`;
  for (const [event, what] of [["Revealed", /make another seed/], ["ParticipantRegistered", /The lot fell on/]] as const) {
    const hash = (event === "Revealed" ? market.draw!.contract : market.contract).getEvent(event)!.topicHash;
    const hiding = new Hiding(t.env["RPC_URL"]!, ({ topics }) => topics[0] === hash && topics.includes(topic(drawn[0]!)));
    try {
      await assert.rejects(verifyDraw(new Contract(await t.marketplace.getAddress(), marketplaceAbi as InterfaceAbi, hiding), id), (error) => error instanceof AppError && error.code === "PROOF_INVALID" && what.test(error.message));
    } finally {
      hiding.destroy();
    }
  }
  await assert.rejects(verifyDraw(t.marketplace, hexlify(randomBytes(32))), (error) => error instanceof AppError && error.code === "NOT_FOUND");
});

test("rounds that nobody takes part in fail, and after three every auditor may vote", async () => {
  const { listingId } = await t.list(provider);
  await keep();
  for (const failed of [1, 2]) {
    await travel(BigInt((await assignmentOf(listingId))!.round) + 1n, 1);
    await keep();
    assert.deepEqual(await assignmentOf(listingId).then((each) => [each?.status, each?.failedDraws]), ["REQUESTED", failed]);
    assert.equal(code(await claim(0, listingId)), "NOT_DRAWN");
  }
  await travel(BigInt((await assignmentOf(listingId))!.round) + 1n, 1);
  await keep();
  assert.deepEqual(await assignmentOf(listingId).then((each) => [each?.status, each?.failedDraws]), ["OPEN", 3]);
  data(await claim(2, listingId));
});

test("when the drawn auditors' time is over, the others may claim too", async () => {
  const [{ id, until }] = (await t.database.query("select listing_id as id, exclusive_until as until from assignment where status = 'DRAWN' and to_block is null")) as [{ id: string; until: string }];
  const drawn = (await assignmentOf(id))!.auditors.map(({ auditor }) => auditor);
  const other = [0, 1, 2, 3].find((index) => !drawn.includes(account(index)))!;
  await travel(BigInt(until) / BigInt(roundSeconds) + 1n, 0);
  // A block with something of ours in it: the index knows the time by it.
  await t.accredit(Wallet.createRandom(), Role.BUYER);
  await t.database.query("delete from app.audit_lease");
  data(await claim(other, id));
});

test("the tables are what the contract holds, and each step was sent once", async () => {
  const client = new pg.Client(t.env["DATABASE_URL"]);
  await client.connect();
  const rpc = new ChainRpc(t.env["RPC_URL"]!);
  try {
    await t.untilIndexed();
    const [{ height }] = (await t.database.query("select height from chain_status")) as [{ height: number }];
    const check = () => selfCheck({ sql: client, rpc, deployment: t.api.deps.market.deployment, height, each: 50 });
    assert.deepEqual((await check()).mismatches, []);
    await client.query("begin");
    await client.query("update assignment set round = round + 1 where to_block is null");
    assert.match((await check()).mismatches.join(), /assignment 0x.*: round is/);
    await client.query("rollback");
  } finally {
    rpc.close();
    await client.end();
  }
  const sent = (await t.database.query("select purpose, status, error_message from app.tx_outbox")) as { purpose: string; status: string; error_message: string | null }[];
  assert.deepEqual(sent.filter(({ status }) => status !== "FINAL"), []);
  assert.equal(sent.filter(({ purpose }) => purpose.startsWith("draw:")).length, 4, "one drawn, one that failed three times");
});
