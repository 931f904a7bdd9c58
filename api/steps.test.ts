import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Contract, id, Wallet, type InterfaceAbi } from "ethers";
import { paymentTokenAbi } from "../schema/abi/payment-token.js";
import { Role } from "../schema/market.js";
import { withApi, type Answer, type TestApi, type TestWallet } from "../test/support/with-api.js";

let t: TestApi;
const people = Object.fromEntries(["provider", "auditor", "second", "buyer", "outsider"].map((name) => [name, Wallet.createRandom()])) as Record<"provider" | "auditor" | "second" | "buyer" | "outsider", TestWallet>;
type Person = keyof typeof people;
const tokens = {} as Record<Person, string>;

before(async () => {
  t = await withApi();
  await t.accredit(people.provider, Role.PROVIDER);
  await t.accredit(people.auditor, Role.AUDITOR, { slot: 0 });
  await t.accredit(people.second, Role.AUDITOR, { slot: 1 });
  await t.accredit(people.buyer, Role.BUYER);
  for (const name of Object.keys(people) as Person[]) tokens[name] = await t.signIn(people[name]);
});
after(() => t.stop());

const code = (answer: Answer): string | undefined => answer.errors[0]?.extensions.code;
const texts = {
  reprice: "mutation($listingId: ID!, $price: BigInt!) { step: reprice(listingId: $listingId, price: $price) { to data function } }",
  setConsent: "mutation($listingId: ID!, $purposes: [Purpose!]!) { step: setConsent(listingId: $listingId, purposes: $purposes) { to data function } }",
  delist: "mutation($listingId: ID!) { step: delist(listingId: $listingId) { to data function } }",
  auditDecision: "mutation($listingId: ID!, $approve: Boolean!, $token: BigInt!) { step: auditDecision(listingId: $listingId, approve: $approve, token: $token) { to data function } }",
  settle: "mutation($orderId: ID!) { step: settle(orderId: $orderId) { to data function } }",
  refund: "mutation($orderId: ID!) { step: refund(orderId: $orderId) { to data function } }",
  withdrawFunds: "mutation { step: withdrawFunds { to data function } }",
  preparePurchase: "mutation($input: PurchaseInput!) { step: preparePurchase(input: $input) { to data items { orderId } } }",
};
type Step = keyof typeof texts;
const ask = (person: Person, step: Step, variables: object = {}): Promise<Answer> => t.ask(texts[step], variables, tokens[person]);

/** Asks for a step's transaction, and sends it from the person's own wallet. @returns the block it is in. */
async function take(person: Person, step: Step, variables: object = {}): Promise<number> {
  const answer = await ask(person, step, variables);
  assert.deepEqual(answer.errors, []);
  const { to, data } = (answer.data as unknown as { step: { to: string; data: string } }).step;
  const sent = await people[person].connect(t.provider).sendTransaction({ to, data, type: 0, gasPrice: 0n });
  return (await sent.wait())!.blockNumber;
}

/** Claims a listing, and votes for it. @returns the vote's block. */
async function approve(person: Person, listingId: string): Promise<number> {
  const claimed = await t.ask("mutation($listingId: ID!) { claimAudit(listingId: $listingId) { token } }", { listingId }, tokens[person]);
  assert.deepEqual(claimed.errors, []);
  const { token } = (claimed.data as unknown as { claimAudit: { token: string } }).claimAudit;
  return take(person, "auditDecision", { listingId, approve: true, token });
}

test("the trade goes through GraphQL from listing to payout, each step a transaction that the contract takes", async () => {
  const { listingId } = await t.list(people.provider, { price: 9_000_000n, purposes: 1 | 2 | 4 });
  const price = async (minBlock: number): Promise<unknown> =>
    ((await t.ask("query($id: ID!, $minBlock: Int) { listing(id: $id, minBlock: $minBlock) { status purposes price { amount } } }", { id: listingId, minBlock })).data as unknown as { listing: unknown }).listing;

  assert.deepEqual(await price(await take("provider", "reprice", { listingId, price: "8000000" })), { status: "PENDING", purposes: ["GENERAL_RESEARCH", "HEALTH_MEDICAL_BIOMEDICAL", "DISEASE_SPECIFIC"], price: { amount: "8000000" } });
  assert.deepEqual(await price(await take("provider", "setConsent", { listingId, purposes: ["GENERAL_RESEARCH"] })), { status: "PENDING", purposes: ["GENERAL_RESEARCH"], price: { amount: "8000000" } });
  await approve("auditor", listingId);
  assert.deepEqual(await price(await approve("second", listingId)), { status: "APPROVED", purposes: ["GENERAL_RESEARCH"], price: { amount: "8000000" } });

  const token = new Contract(t.api.deps.market.deployment.token, paymentTokenAbi as unknown as InterfaceAbi, t.provider);
  const gasFree = { type: 0, gasPrice: 0n };
  const from = (wallet: TestWallet): Contract => token.connect(wallet.connect(t.provider)) as Contract;
  await ((await from(t.wallets.treasurer).getFunction("mint").send(people.buyer.address, 20_000_000n, id("bank"), gasFree)) as { wait(): Promise<unknown> }).wait();
  await ((await from(people.buyer).getFunction("approve").send(t.api.deps.market.deployment.marketplace, 20_000_000n, gasFree)) as { wait(): Promise<unknown> }).wait();
  const prepared = await ask("buyer", "preparePurchase", { input: { items: [{ listingId, purpose: "GENERAL_RESEARCH" }] } });
  const { to, data, items } = (prepared.data as unknown as { step: { to: string; data: string; items: { orderId: string }[] } }).step;
  const orderId = items[0]!.orderId;
  await (await people.buyer.connect(t.provider).sendTransaction({ to, data, ...gasFree })).wait();
  await t.untilIndexed();

  assert.equal(code(await ask("buyer", "settle", { orderId })), "CONFLICT", "not delivered yet");
  assert.equal(code(await ask("buyer", "refund", { orderId })), "CONFLICT", "not overdue yet");
  assert.equal(code(await ask("provider", "withdrawFunds")), "CONFLICT", "nothing to withdraw yet");
  await t.send(t.wallets.deliverer, "deliver", [orderId, id("delivery")]);
  assert.equal(code(await ask("outsider", "settle", { orderId })), "FORBIDDEN");
  const settled = await take("buyer", "settle", { orderId });
  const { data: order } = await t.ask("query($id: ID!, $minBlock: Int) { purchase(id: $id, minBlock: $minBlock) { status fee { amount } closed { block } delivered { block } listing { id } } }", { id: orderId, minBlock: settled });
  assert.deepEqual(order, { purchase: { ...(order as unknown as { purchase: object }).purchase, status: "SETTLED", fee: { amount: "200000" }, closed: { block: settled }, listing: { id: listingId } } });
  await take("provider", "withdrawFunds");
  assert.equal(await token.getFunction("balanceOf")(people.provider.address), 7_800_000n);

  const { data: told } = await t.ask("query($id: ID!) { listing(id: $id) { provenance { name account orderId block { number time } transactionHash } votes { auditor approve } } }", { id: listingId });
  const { provenance, votes } = (told as unknown as { listing: { provenance: { name: string; orderId: string | null; transactionHash: string }[]; votes: { auditor: string }[] } }).listing;
  assert.deepEqual(provenance.map(({ name }) => name), ["Listed", "Repriced", "ConsentNarrowed", "Voted", "Voted", "Approved", "Purchased", "Delivered", "Settled"]);
  assert.deepEqual(provenance.slice(-3).map((step) => step.orderId), [orderId, orderId, orderId]);
  assert.deepEqual(votes.map(({ auditor }) => auditor), [people.auditor.address.toLowerCase(), people.second.address.toLowerCase()]);
  const { data: looked } = await t.ask("query($hash: ID!) { transaction(hash: $hash) { hash sender blockNumber } }", { hash: provenance[0]!.transactionHash });
  assert.equal((looked as unknown as { transaction: { sender: string } }).transaction.sender, t.wallets.relayer.address.toLowerCase());
});

test("as of every block, each answer is what was answered when the chain stood there", async () => {
  const text = `query($at: AsOf) { listings(at: $at, orderBy: [{ field: LISTED, direction: ASC }], first: 200) { totalCount facets { status { value count } } edges { node {
    id status approvals sales purposes price { amount } changedBlock votes { auditor } provenance { name } orders { id status listing { id sales } } } } } }`;
  // Blocks by transactions alone: between two of them the chain stands still, and "now" is that block.
  await t.provider.send("evm_setAutomine", [true]);
  try {
    const { listingId } = await t.list(people.provider, { price: 1_000_000n, purposes: 3 });
    const then: { number: number; hash: string; time: number; answer: unknown }[] = [];
    const remember = async (): Promise<void> => {
      const { number, hash, timestamp } = (await t.provider.getBlock("latest"))!;
      const answer = await t.ask(text.replace("at: $at, ", "minBlock: " + number + ", ").replace("($at: AsOf)", ""), {}, tokens.buyer);
      assert.deepEqual(answer.errors, []);
      then.push({ number, hash: hash!, time: timestamp, answer: answer.data });
      await t.provider.send("evm_increaseTime", [2]);
    };
    await remember();
    await approve("auditor", listingId);
    await remember();
    await approve("second", listingId);
    await remember();
    await take("provider", "reprice", { listingId, price: "2000000" });
    await remember();
    const prepared = await ask("buyer", "preparePurchase", { input: { items: [{ listingId, purpose: "GENERAL_RESEARCH" }] } });
    const { to, data } = (prepared.data as unknown as { step: { to: string; data: string } }).step;
    await (await people.buyer.connect(t.provider).sendTransaction({ to, data, type: 0, gasPrice: 0n })).wait();
    await remember();
    await t.list(people.provider);
    await remember();
    for (const { number, hash, time, answer } of then) {
      for (const at of [{ block: number }, { blockHash: hash }, { time: new Date(time * 1000).toISOString() }]) {
        const asked = await t.ask(text, { at }, tokens.buyer);
        assert.deepEqual([asked.errors, asked.data], [[], answer], JSON.stringify(at));
      }
    }
    const last = then.at(-1)!.number;
    assert.equal(code(await t.ask(text, { at: { block: last + 1000 } })), "NOT_READY");
    for (const at of [{}, { block: 1, time: "2026-01-01T00:00:00Z" }, { block: -1 }, { blockHash: id("none") }]) assert.equal(code(await t.ask(text, { at })), "BAD_INPUT", JSON.stringify(at));
  } finally {
    await t.provider.send("evm_setIntervalMining", [1]);
  }
});

test("orders and participants are found by filters, page by page, and as of a block", async () => {
  interface Found<Node> {
    totalCount: number;
    edges: { node: Node }[];
    pageInfo: { hasNextPage: boolean; endCursor: string };
  }
  const orders = async (where: object, more: object = {}): Promise<Found<{ id: string; status: string; listing: { id: string } }>> => {
    const answer = await t.ask("query($where: OrderFilter, $at: AsOf) { orders(where: $where, at: $at) { totalCount edges { node { id status listing { id } } } pageInfo { hasNextPage endCursor } } }", { where, ...more });
    assert.deepEqual(answer.errors, []);
    return (answer.data as unknown as { orders: never }).orders;
  };
  const buyer = { buyer: { eq: people.buyer.address } };
  const all = await orders(buyer);
  assert.ok(all.totalCount >= 2);
  assert.equal((await orders({ ...buyer, status: { eq: "SETTLED" } })).totalCount, 1);
  assert.equal((await orders({ AND: [buyer], NOT: { status: { eq: "SETTLED" } } })).totalCount, all.totalCount - 1);
  assert.equal((await orders({ buyer: { eq: people.outsider.address } })).totalCount, 0);
  const settled = (await orders({ status: { eq: "SETTLED" } })).edges[0]!.node;
  const [row] = (await t.database.query("select purchased_block as block from trade_order where id = $1 limit 1", [settled.id])) as { block: number }[];
  assert.deepEqual((await orders({ id: { eq: settled.id } }, { at: { block: row!.block } })).edges[0]?.node.status, "PAID");
  assert.equal((await orders({ id: { eq: settled.id } }, { at: { block: row!.block - 1 } })).totalCount, 0);

  const text = "query($where: ParticipantFilter, $first: Int, $after: String) { participants(where: $where, first: $first, after: $after) { totalCount edges { node { account roles valid } } pageInfo { hasNextPage endCursor } } }";
  const accounts: string[] = [];
  for (let after: string | null = null; ; ) {
    const { data } = await t.ask(text, { first: 2, after });
    const page = (data as unknown as { participants: Found<{ account: string }> }).participants;
    accounts.push(...page.edges.map(({ node }) => node.account));
    if (!page.pageInfo.hasNextPage) {
      assert.equal(page.totalCount, accounts.length);
      break;
    }
    after = page.pageInfo.endCursor;
  }
  assert.deepEqual(accounts, [...accounts].sort());
  for (const name of ["provider", "auditor", "second", "buyer"] as const) assert.ok(accounts.includes(people[name].address.toLowerCase()));
  const { data } = await t.ask(text, { where: { role: "AUDITOR", revoked: false } });
  const auditors = (data as unknown as { participants: Found<{ account: string; roles: string[]; valid: boolean }> }).participants.edges.map(({ node }) => node);
  assert.deepEqual(new Set(auditors.map(({ account }) => account)), new Set([people.auditor.address.toLowerCase(), people.second.address.toLowerCase()]));
  assert.ok(auditors.every(({ roles, valid }) => roles.includes("AUDITOR") && valid));
});

test("steps are refused to whom they do not belong, and where they make no sense", async () => {
  const { listingId } = await t.list(people.provider, { purposes: 3 });
  for (const [step, variables] of [["reprice", { listingId, price: "1" }], ["setConsent", { listingId, purposes: ["GENERAL_RESEARCH"] }], ["delist", { listingId }]] as const) {
    assert.equal(code(await t.ask(texts[step], variables)), "UNAUTHENTICATED");
    assert.equal(code(await ask("buyer", step, variables)), "FORBIDDEN");
    assert.equal(code(await ask("provider", step, { ...variables, listingId: id("none") })), "NOT_FOUND");
  }
  assert.equal(code(await ask("provider", "auditDecision", { listingId, approve: true, token: "1" })), "NOT_ACCREDITED");
  assert.equal(code(await ask("provider", "reprice", { listingId, price: "0" })), "BAD_INPUT");
  assert.equal(code(await ask("provider", "setConsent", { listingId, purposes: ["COMMERCIAL"] })), "BAD_INPUT", "nothing can be added");
  assert.equal(code(await ask("provider", "setConsent", { listingId, purposes: ["GENERAL_RESEARCH", "HEALTH_MEDICAL_BIOMEDICAL"] })), "BAD_INPUT", "nothing changes");
  await take("provider", "delist", { listingId });
  await t.untilIndexed();
  assert.equal(code(await ask("provider", "reprice", { listingId, price: "5" })), "CONFLICT");
  assert.equal(code(await ask("auditor", "auditDecision", { listingId, approve: true, token: "1" })), "CONFLICT");
});

test("an answer waits for the block that was asked for, up to a bound", async () => {
  const { number } = (await t.provider.getBlock("latest"))!;
  const text = "query($minBlock: Int) { listings(minBlock: $minBlock) { totalCount } }";
  const soon = await t.ask(text, { minBlock: number + 1 });
  assert.deepEqual(soon.errors, []);
  assert.ok((soon.extensions?.chain?.indexedBlock ?? 0) >= number);
  const never = await t.ask(text, { minBlock: number + 1_000_000 });
  assert.deepEqual([code(never), never.errors[0]?.extensions.retryable], ["NOT_READY", true]);
});

test("a page costs the same number of statements whatever its size: no statement a row", async () => {
  for (let i = 0; i < 6; i++) await t.list(people.provider);
  const text = "query($first: Int) { listings(first: $first) { totalCount edges { node { id metadata metadataStatus title votes { auditor } price { decimal } report } } } }";
  const counted = async (first: number): Promise<number> => {
    const { database } = t.api.deps;
    const { logger } = database;
    let count = 0;
    const counting = Object.assign(Object.create(logger) as typeof logger, {
      logQuery(text: string) {
        // Who asks, and how fresh the index is, is read once a request.
        if (!/chain_status|app\.session/.test(text)) count++;
      },
    });
    Object.assign(database, { logger: counting });
    try {
      assert.deepEqual((await t.ask(text, { first }, tokens.auditor)).errors, []);
    } finally {
      Object.assign(database, { logger });
    }
    return count;
  };
  // What the process asks by itself meanwhile is counted too, now and then; never with each of several requests.
  const statements = async (first: number): Promise<number> => Math.min(await counted(first), await counted(first), await counted(first));
  const few = await statements(2);
  const many = await statements(6);
  // Those that go through TypeORM: reports, and what they rest on. The page itself is one prepared statement (api/reading/reading.test.ts).
  assert.ok(few >= 1, `${few} statements were seen`);
  assert.equal(many, few);
});
