import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { id, Wallet } from "ethers";
import { Kind, parse, type OperationDefinitionNode } from "graphql";
import { Role } from "../../schema/market.js";
import { LiveClient } from "../../test/support/live-client.js";
import { withApi, type TestApi } from "../../test/support/with-api.js";
import { examples } from "./browser/examples.js";

/** Every example is really sent: validation alone does not show that a resolver answers. */
let t: TestApi;
let token: string;
let listing: { listingId: string; transaction: string };
const person = Wallet.createRandom();

before(async () => {
  t = await withApi();
  await t.accredit(person, Role.PROVIDER | Role.AUDITOR | Role.BUYER);
  token = await t.signIn(person);
  const { listingId } = await t.list(person);
  const { data } = await t.ask("query($id: ID!) { listing(id: $id) { transactionHash } }", { id: listingId });
  listing = { listingId, transaction: (data as unknown as { listing: { transactionHash: string } }).listing.transactionHash };
});
after(() => t.stop());

const operations = examples.flatMap(({ user, query, variables }) =>
  parse(query)
    .definitions.filter((each): each is OperationDefinitionNode => each.kind === Kind.OPERATION_DEFINITION)
    .map((definition) => ({ user, query, variables: variables ?? {}, name: definition.name!.value, kind: String(definition.operation) })),
);

/** With ids that there are. */
const filled = (variables: object): Record<string, unknown> => {
  const zero = `0x${"00".repeat(32)}`;
  const given = JSON.parse(JSON.stringify(variables).replaceAll(zero, listing.listingId)) as Record<string, unknown>;
  if ("transaction" in given) given["transaction"] = listing.transaction;
  if ("account" in given) given["account"] = person.address;
  return given;
};

/** What is refused, since the example's ids and signatures are nobody's: still by its own code. */
const refused: Readonly<Record<string, string>> = {
  Usage: "BAD_INPUT", // no key's id
  SignIn: "SIGN_IN_INVALID",
  Buy: "NOT_TRADABLE",
  Inspect: "NOT_FOUND", // a record that the platform does not hold
  Keep: "LEASE_LOST",
  Release: "LEASE_LOST",
  ToSign: "FORBIDDEN", // nobody audits an own listing
  Decide: "FORBIDDEN",
  Confirm: "NOT_FOUND",
  Dispute: "NOT_FOUND",
  Resolve: "NOT_FOUND",
  Commit: "NOT_FOUND", // no draw on this market
  Reveal: "NOT_FOUND",
};

test("each query and mutation of the examples is answered, or refused by the code that fits its placeholders", async () => {
  const got: Record<string, string> = {};
  for (const { name, query, variables, kind } of operations) {
    if (kind === "subscription") continue;
    const declared = new Set((parse(query).definitions.find((each) => each.kind === Kind.OPERATION_DEFINITION && each.name?.value === name) as OperationDefinitionNode).variableDefinitions?.map(({ variable }) => variable.name.value));
    const response = await fetch(`${t.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, operationName: name, variables: Object.fromEntries(Object.entries(filled(variables)).filter(([key]) => declared.has(key))) }),
    });
    const { errors } = (await response.json()) as { errors?: { message: string; extensions: { code: string } }[] };
    const code = errors?.[0]?.extensions.code ?? "";
    if (code !== (refused[name] ?? "")) got[name] = `${code}: ${errors?.[0]?.message}`;
  }
  assert.deepEqual(got, {});
});

test("each subscription of the examples tells", async () => {
  const live = await LiveClient.open(t.url, token);
  const subscriptions = operations.filter(({ kind }) => kind === "subscription");
  for (const { name, query, variables } of subscriptions) live.send({ id: name, type: "subscribe", payload: { query, operationName: name, variables: name === "Bought" ? { id: id("an order") } : filled(variables) } });
  // Nothing is disputed: that it is not refused is all that it shows.
  const silent = ["Disputes", "Live"];
  for (const { name } of subscriptions) if (!silent.includes(name)) await live.data(name, 1);
  await t.list(person);
  await live.data("Live", 1);
  assert.deepEqual(live.messages.filter(({ type }) => type === "error"), []);
  live.ws.terminate();
});
