import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { Wallet, ZeroAddress } from "ethers";
import type { DataSource } from "typeorm";
import { connectDatabase } from "../../platform/database/connect.js";
import { AppError } from "../../schema/errors.js";
import { Role } from "../../schema/market.js";
import { withApi, type Answer, type TestApi } from "../../test/support/with-api.js";
import { claim } from "./claim.js";
import { claimNext } from "./claim-next.js";
import { releaseClaim } from "./hold.js";

let t: TestApi;
const provider = Wallet.createRandom();
const auditors = [0, 1, 2].map(() => Wallet.createRandom());
const account = (index: number): string => auditors[index]!.address.toLowerCase();
let tokens: string[];

before(async () => {
  t = await withApi();
  await t.accredit(provider, Role.PROVIDER);
  for (const [slot, auditor] of auditors.entries()) await t.accredit(auditor, Role.AUDITOR, { slot });
  tokens = await Promise.all(auditors.map((auditor) => t.signIn(auditor)));
});
after(() => t.stop());

interface Claim {
  listingId: string;
  slot: number;
  token: string;
  expiresAt: string;
}
const fields = "{ listingId slot token expiresAt }";
const texts = {
  claimAudit: `mutation($listingId: ID, $slot: Int, $seconds: Int) { it: claimAudit(listingId: $listingId, slot: $slot, seconds: $seconds) ${fields} }`,
  renewClaim: `mutation($listingId: ID!, $token: BigInt!, $seconds: Int) { it: renewClaim(listingId: $listingId, token: $token, seconds: $seconds) ${fields} }`,
  releaseClaim: `mutation($listingId: ID!, $token: BigInt!) { it: releaseClaim(listingId: $listingId, token: $token) ${fields} }`,
  reassignClaim: `mutation($listingId: ID!, $slot: Int!, $to: ID!, $token: BigInt) { it: reassignClaim(listingId: $listingId, slot: $slot, to: $to, token: $token) ${fields} }`,
  auditDecision: "mutation($listingId: ID!, $token: BigInt!) { it: auditDecision(listingId: $listingId, approve: true, token: $token) { data } }",
  requestAuditAccess: "mutation($listingId: ID!, $token: BigInt) { it: requestAuditAccess(listingId: $listingId, token: $token) { id } }",
  setAuditPriority: "mutation($listingId: ID!, $priority: Int!) { it: setAuditPriority(listingId: $listingId, priority: $priority) }",
};
const ask = (by: number, what: keyof typeof texts, variables: object): Promise<Answer> => t.ask(texts[what], variables, tokens[by]);
const it = (answer: Answer): Claim => {
  assert.deepEqual(answer.errors, []);
  return (answer.data as unknown as { it: Claim }).it;
};
const code = (answer: Answer): string | undefined => answer.errors[0]?.extensions.code;
/** The changes of a listing's leases as the platform's feed tells them. */
const told = async (listingId: string): Promise<{ change: string; account: string; claims: { slot: number; auditor: string; token: string }[] }[]> => {
  const rows = (await t.database.query("select account, payload from app.activity where kind = 'AUDIT' and listing_id = $1 order by seq", [listingId])) as { account: string; payload: { change: string; claims: [] } }[];
  return rows.map((row) => ({ account: row.account, ...row.payload }));
};
const until = async (what: string, check: () => Promise<boolean>): Promise<void> => {
  for (const end = Date.now() + 10_000; !(await check()); await wait(50)) if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
};

test("two auditors race for one slot 1,000 times: exactly one wins each time, and the token grows with each claim", async () => {
  const { listingId } = await t.list(provider);
  // Two connections pools, as two api processes have.
  const pools: DataSource[] = await Promise.all([0, 1].map(() => connectDatabase({ url: t.env["DATABASE_URL"]!, service: "test", poolSize: 2 })));
  try {
    let last = 0n;
    const wins = [0, 0];
    for (let round = 0; round < 1_000; round++) {
      const race = await Promise.allSettled(pools.map((database, index) => claim({ database, market: t.api.deps.market }, { listingId, auditor: account(index), slot: 0, seconds: 60 })));
      const won = race.flatMap((each, index) => (each.status === "fulfilled" ? [{ index, lease: each.value }] : []));
      assert.equal(won.length, 1);
      for (const each of race) assert.ok(each.status === "fulfilled" || (each.reason instanceof AppError && each.reason.code === "CONFLICT"));
      const { index, lease } = won[0]!;
      assert.ok(lease.token > last);
      last = lease.token;
      wins[index]! += 1;
      await releaseClaim(pools[index]!, { listingId, auditor: account(index), token: lease.token });
    }
    assert.ok(wins.every((each) => each > 0), `both win at times: ${wins.join()}`);
  } finally {
    await Promise.all(pools.map((pool) => pool.destroy()));
  }
});

test("a holder frozen past its lease is fenced from renewal, key and vote, also after another took the slot", async () => {
  const { listingId } = await t.list(provider);
  const first = it(await ask(0, "claimAudit", { listingId, slot: 1, seconds: 60 }));
  const renewed = it(await ask(0, "renewClaim", { listingId, token: first.token, seconds: 120 }));
  assert.equal(renewed.token, first.token);
  assert.ok(renewed.expiresAt > first.expiresAt);
  // As two minutes do.
  await t.database.query("update app.audit_lease set expires_at = now() where listing_id = $1", [listingId]);
  const second = it(await ask(1, "claimAudit", { listingId, slot: 1, seconds: 60 }));
  assert.ok(BigInt(second.token) > BigInt(first.token));
  for (const what of ["renewClaim", "releaseClaim", "auditDecision"] as const) assert.equal(code(await ask(0, what, { listingId, token: first.token })), "LEASE_LOST", what);
  // A token of somebody else's is worth nothing either.
  assert.equal(code(await ask(0, "auditDecision", { listingId, token: second.token })), "LEASE_LOST");
  assert.equal(code(await ask(1, "auditDecision", { listingId, token: second.token })), undefined);
  const changes = await told(listingId);
  assert.deepEqual(changes.map(({ change, account: by }) => [change, by]), [["CLAIMED", account(0)], ["RENEWED", account(0)], ["EXPIRED", account(0)], ["CLAIMED", account(1)]]);
  assert.deepEqual(changes.at(-1)?.claims.map(({ slot, auditor, token }) => [slot, auditor, token]), [[1, account(1), second.token]]);
});

test("the key of a pending listing is released to its claim's holder alone, and only while it holds", async () => {
  const { listingId } = await t.list(provider);
  const [upload] = (await t.database.query(
    `insert into app.upload (owner, status, size, region, payee, legal_basis, legal_evidence_hash, suite, listing_id) values ($1, 'SUBMITTED', 1, 276, $1, 'consent', $2, 'age-v1/mlkem768x25519', $3) returning id`,
    [provider.address.toLowerCase(), `0x${"00".repeat(32)}`, listingId],
  )) as { id: string }[];
  assert.equal(code(await ask(0, "requestAuditAccess", { listingId })), "LEASE_LOST");
  const { token } = it(await ask(0, "claimAudit", { listingId, seconds: 60 }));
  assert.equal(code(await ask(1, "requestAuditAccess", { listingId, token })), "LEASE_LOST");
  const grant = it(await ask(0, "requestAuditAccess", { listingId, token })) as unknown as { id: string };
  // As the workers do it.
  await t.database.query("update app.access_grant set status = 'READY', header = 'x', expires_at = now() + interval '1 day' where id = $1 and record_id = $2", [grant.id, upload!.id]);
  const header = async (): Promise<string | undefined> => code(await t.ask("query($id: ID!) { accessGrant(id: $id) { header } }", { id: grant.id }, tokens[0]));
  assert.equal(await header(), undefined);
  it(await ask(0, "releaseClaim", { listingId, token }));
  assert.equal(await header(), "LEASE_LOST");
});

test("a vote sent to the chain directly counts, and ends its auditor's lease; a decision ends all", async () => {
  const { listingId } = await t.list(provider);
  it(await ask(0, "claimAudit", { listingId }));
  it(await ask(1, "claimAudit", { listingId }));
  assert.equal(code(await ask(2, "claimAudit", { listingId })), "CONFLICT", "no more than votes are needed");
  await t.send(auditors[0]!, "vote", [listingId, true, 0]);
  await until("the voter's lease ended", async () => (await told(listingId)).some(({ change, account: by }) => change === "ENDED" && by === account(0)));
  assert.equal(code(await ask(0, "claimAudit", { listingId })), "CONFLICT", "voted already");
  assert.equal(code(await ask(2, "claimAudit", { listingId })), "CONFLICT", "one more vote decides, and one works on it");
  // The third never claimed.
  await t.send(auditors[2]!, "vote", [listingId, true, 0]);
  await until("the other lease ended too", async () => ((await told(listingId)).at(-1)?.claims.length ?? 1) === 0);
  assert.deepEqual((await told(listingId)).map(({ change }) => change), ["CLAIMED", "CLAIMED", "ENDED", "ENDED"]);
  assert.equal(code(await ask(1, "claimAudit", { listingId })), "CONFLICT");
});

/** Lets a claim begin and stops it at the listing's case, which is locked; `meanwhile` is done, and the case freed, once it waits there. */
async function held<Result>(listingId: string, work: (deps: Parameters<typeof claim>[0]) => Promise<Result>, meanwhile: (free: () => Promise<void>, waits: (on: string) => Promise<void>) => Promise<void>): Promise<Result> {
  const [own, holder] = [await connectDatabase({ url: t.env["DATABASE_URL"]!, service: "held", poolSize: 1 }), t.database.createQueryRunner()];
  try {
    await holder.startTransaction();
    await holder.query("insert into app.audit_case as c (listing_id) values ($1) on conflict (listing_id) do update set priority = c.priority", [listingId]);
    const result = work({ database: own, market: t.api.deps.market });
    result.catch(() => undefined);
    const waits = (on: string): Promise<void> =>
      until(`the claim waits for a ${on}`, async () => ((await t.database.query("select from pg_stat_activity where application_name = 'galen-held' and wait_event_type = 'Lock' and wait_event = $1", [on])) as unknown[]).length > 0);
    await waits("transactionid");
    await meanwhile(() => holder.commitTransaction(), waits);
    return await result;
  } finally {
    if (holder.isTransactionActive) await holder.rollbackTransaction();
    await holder.release();
    await own.destroy();
  }
}

/** Indexes a vote, in one transaction as the indexer does. */
async function indexVote(manager: Pick<DataSource, "query">, listingId: string, auditor: string): Promise<void> {
  await manager.query(
    `insert into vote (id, listing_id, auditor, approve, reason, block_number, block_time, transaction_hash, log_index, log_part)
     select $1::text || $2::text, $1, $2, true, 0, block_number, now(), transaction_hash, 0, 0 from (select listed_block as block_number, listed_transaction as transaction_hash from listing where id = $1 and to_block is null) l`,
    [listingId, auditor],
  );
  await manager.query("update listing set approvals = approvals + 1 where id = $1 and to_block is null", [listingId]);
}

test("a vote that is indexed in the middle of a claim takes one seat, not two", async () => {
  const { listingId } = await t.list(provider);
  it(await ask(0, "claimAudit", { listingId }));
  const index = t.database.createQueryRunner();
  try {
    const lease = await held(
      listingId,
      (deps) => claim(deps, { listingId, auditor: account(1), slot: null, seconds: 60 }),
      async (free, waits) => {
        await index.startTransaction();
        await index.query("lock table listing in access exclusive mode");
        await free();
        // It has the case, and goes as far as it can without the listing.
        await waits("relation");
        await indexVote(index, listingId, account(0));
        await index.commitTransaction();
      },
    );
    assert.equal(lease.auditor, account(1));
    assert.deepEqual((await told(listingId)).map(({ change, account: by }) => [change, by]), [["CLAIMED", account(0)], ["ENDED", account(0)], ["CLAIMED", account(1)]]);
  } finally {
    if (index.isTransactionActive) await index.rollbackTransaction();
    await index.release();
  }
});

test("the lease of who has voted does not hide a listing from those who ask for the next", async () => {
  const { listingId } = await t.list(provider);
  await t.database.query("insert into app.audit_case (listing_id, priority) values ($1, 9)", [listingId]);
  // Waits longer than what other tests left.
  await t.database.query("update listing set listed_time = listed_time - interval '30 days' where id = $1", [listingId]);
  it(await ask(0, "claimAudit", { listingId }));
  await t.database.transaction((manager) => indexVote(manager, listingId, account(0)));
  assert.equal((await claimNext({ database: t.database, market: t.api.deps.market }, { auditor: account(1), seconds: 60 }))?.listingId, listingId);
});

test("what had ended is told also by a claim that is refused", async () => {
  const { listingId } = await t.list(provider);
  it(await ask(0, "claimAudit", { listingId }));
  await t.database.query("update app.audit_lease set expires_at = now() where listing_id = $1", [listingId]);
  await assert.rejects(claim({ database: t.database, market: t.api.deps.market }, { listingId, auditor: provider.address.toLowerCase(), slot: null, seconds: 60 }), { code: "FORBIDDEN" });
  assert.deepEqual((await told(listingId)).map(({ change }) => change), ["CLAIMED", "EXPIRED"]);
});

test("a slot is handed over by its holder or the registrar, to an accredited auditor, and the former holder is fenced", async () => {
  const { listingId } = await t.list(provider);
  const first = it(await ask(0, "claimAudit", { listingId }));
  const hand = { listingId, slot: first.slot, to: account(1) };
  assert.equal(code(await ask(2, "reassignClaim", { ...hand, token: first.token })), "LEASE_LOST");
  assert.equal(code(await ask(2, "reassignClaim", hand)), "LEASE_LOST");
  assert.equal(code(await ask(0, "reassignClaim", { ...hand, token: first.token, to: ZeroAddress })), "NOT_ACCREDITED");
  const second = it(await ask(0, "reassignClaim", { ...hand, token: first.token }));
  assert.ok(BigInt(second.token) > BigInt(first.token));
  assert.equal(code(await ask(0, "renewClaim", { listingId, token: first.token })), "LEASE_LOST");
  const third = it(await t.ask(texts.reassignClaim, { ...hand, to: account(2) }, await t.signIn(t.wallets.registrar)));
  assert.equal(code(await ask(1, "renewClaim", { listingId, token: second.token })), "LEASE_LOST");
  assert.equal(it(await ask(2, "renewClaim", { listingId, token: third.token })).token, third.token);
});

test("the most urgent listing is claimed first: by priority, and by how long it waits", async () => {
  // What earlier tests left is out of the way.
  const old = (await t.database.query("select id from listing where to_block is null and status = 'PENDING'")) as { id: string }[];
  const claimed = new Set<string>();
  for (const _each of old) {
    const next = it(await ask(0, "claimAudit", { seconds: 3_600 }));
    if (next) claimed.add(next.listingId);
  }
  const [one, two, three] = [(await t.list(provider)).listingId, (await t.list(provider)).listingId, (await t.list(provider)).listingId];
  const registrar = await t.signIn(t.wallets.registrar);
  assert.equal(code(await ask(0, "setAuditPriority", { listingId: two, priority: 5 })), "FORBIDDEN");
  assert.equal(code(await t.ask(texts.setAuditPriority, { listingId: two, priority: 10 }, registrar)), "BAD_INPUT");
  assert.equal(code(await t.ask(texts.setAuditPriority, { listingId: two, priority: 5 }, registrar)), undefined);
  // Six hours of waiting are worth more than five steps of priority.
  await t.database.query("update listing set listed_time = listed_time - interval '6 hours' where id = $1", [three]);
  const queue = (await t.ask("{ auditQueue { listing { id } priority claims { auditor } } }", {}, tokens[0])).data as unknown as { auditQueue: { listing: { id: string }; priority: number; claims: { auditor: string }[] }[] };
  const order = queue.auditQueue.filter(({ listing }) => !claimed.has(listing.id) && [one, two, three].includes(listing.id)).map(({ listing }) => listing.id);
  assert.deepEqual(order, [three, two, one]);
  assert.equal(queue.auditQueue.find(({ listing }) => listing.id === two)?.priority, 5);
  const taken: string[] = [];
  for (let next = it(await ask(0, "claimAudit", {})); next as Claim | null; next = it(await ask(0, "claimAudit", {}))) taken.push(next.listingId);
  assert.deepEqual(taken, [three, two, one]);
});
