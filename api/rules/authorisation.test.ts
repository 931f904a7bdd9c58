import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { Wallet } from "ethers";
import { GraphQLObjectType, GraphQLSchema, GraphQLString, isObjectType, type GraphQLField } from "graphql";
import { Role } from "../../schema/market.js";
import { generateOperation } from "../../test/support/generate-operation.js";
import { withApi, type TestApi, type TestWallet } from "../../test/support/with-api.js";
import { buildApiSchema } from "../build-schema.js";
import { declaredRule } from "./rule.js";
import { enforceRules, ruleOf } from "./enforce-rules.js";
import { asReached } from "./rules.js";

const schema = buildApiSchema();

test("each field says who is shown it, itself or by its type", () => {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  let fields = 0;
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith("__")) continue;
    for (const field of Object.values(type.getFields())) {
      fields++;
      assert.ok(ruleOf(type, field).who.length > 0);
      // At a root nothing holds it: the field itself must say so.
      if (roots.includes(type)) assert.ok(declaredRule(field.extensions) && declaredRule(field.extensions) !== asReached, `${type.name}.${field.name}`);
    }
    // A whole type can be hidden at once, but be opened to anyone only field by field: a new one must not be open by accident.
    const ofType = declaredRule(type.extensions);
    if (ofType && ofType !== asReached) assert.ok(ofType.admit, `${type.name} is open as a whole`);
  }
  assert.ok(fields > 250, `${fields} fields were seen`);
});

test("a schema with a field that says nothing is refused", () => {
  const bare = new GraphQLSchema({ query: new GraphQLObjectType({ name: "Query", fields: { secret: { type: GraphQLString } } }) });
  assert.throws(() => enforceRules(bare), /Query\.secret has no rule/);
});

/** portal: a key of the provider's for public data; reader: one that may read. */
type Person = "anonymous" | "portal" | "reader" | "outsider" | "provider" | "rival" | "buyer" | "competitor" | "auditor" | "registrar" | "operator";

/** What must not be shown to all, and to whom it must. */
const secrets: Readonly<Record<string, readonly Person[]>> = {
  "personal: legal basis of an upload": ["provider", "reader"],
  "personal: profile of an upload": ["provider", "reader"],
  "commercial: prediction of an upload": ["provider", "reader"],
  "audit: report": ["provider", "reader", "auditor"],
  "personal: credential": ["outsider", "registrar"],
  "personal: institution's name": ["outsider", "registrar"],
  "commercial: header": ["buyer"],
  "audit: reader": ["provider", "reader", "buyer", "auditor"],
  "audit: hash of an access": ["provider", "reader", "buyer", "auditor"],
  "personal: name of a key": ["outsider"],
  "commercial: job given up": ["operator"],
};

let t: TestApi;
let ids: Record<"listing" | "order" | "upload" | "grant" | "application", string>;
const wallets = Object.fromEntries(["outsider", "provider", "rival", "buyer", "competitor", "auditor"].map((name) => [name, Wallet.createRandom()])) as Record<string, TestWallet>;
const tokens: Partial<Record<Person, string>> = {};
const of = (person: Person): string => wallets[person]!.address.toLowerCase();

before(async () => {
  t = await withApi();
  Object.assign(wallets, { registrar: t.wallets.registrar, operator: t.wallets.operator });
  await t.accredit(wallets["provider"]!, Role.PROVIDER);
  await t.accredit(wallets["rival"]!, Role.PROVIDER);
  await t.accredit(wallets["buyer"]!, Role.BUYER);
  await t.accredit(wallets["competitor"]!, Role.BUYER);
  await t.accredit(wallets["auditor"]!, Role.AUDITOR);
  for (const [name, wallet] of Object.entries(wallets)) tokens[name as Person] = await t.signIn(wallet);
  ids = await plant();
  for (const [name, scope] of [["portal", "PUBLIC"], ["reader", "READ"]] as const) {
    const made = await t.ask("mutation($input: ApiKeyInput!) { createApiKey(input: $input) { secret } }", { input: { name, scope } }, tokens.provider);
    tokens[name] = (made.data as unknown as { createApiKey: { secret: string } }).createApiKey.secret;
  }
});
after(() => t.stop());

/** Rows as workers and indexer would have written them, each with a secret in it. */
async function plant(): Promise<typeof ids> {
  const { listingId: listing } = await t.list(wallets["provider"]!);
  const [upload, order, zero] = [randomUUID(), `0x${"0d".repeat(32)}`, `0x${"00".repeat(32)}`];
  const insert = async (text: string, values: unknown[]): Promise<string> => ((await t.database.query(`${text} returning *`, values)) as { id: string }[])[0]!.id;
  await insert(
    `insert into app.upload (id, owner, status, size, received, region, payee, legal_basis, legal_evidence_hash, suite, report, profile, prediction, listing_id, object_key, object_size)
     values ($1, $2, 'SUBMITTED', 10, 10, 276, $2, 'personal: legal basis of an upload', $3, 'age-v1/mlkem768x25519', '{"note": "audit: report"}', '{"note": "personal: profile of an upload"}', $5, $4, 'records/x', 9)`,
    [upload, of("provider"), zero, listing, JSON.stringify({ p10: "1", p50: "2", p90: "3", modelHash: "0x", modelVersion: "commercial: prediction of an upload", thinData: false, reasons: [] })],
  );
  const application = await insert(
    `insert into app.application (account, roles, kind, institution, institution_name, credential, credential_salt, credential_commitment, recipient_commitment)
     select $1, 1, 1, $2, 'personal: institution''s name', 'personal: credential', $2, $2, commitment from app.recipient limit 1`,
    [of("outsider"), zero],
  );
  await t.database.query(
    `insert into trade_order (id, from_block, listing_id, buyer, salt, price, purpose, recipient_commitment, status, deliver_by, purchased_block, purchased_time, purchased_transaction, block_time, transaction_hash, log_index)
     values ($1, 1, $2, $3, $4, 5, 1, $4, 'PAID', 99999999999, 1, now(), $4, now(), $4, 0)`,
    [order, listing, of("buyer"), zero],
  );
  const grant = await insert("insert into app.access_grant (kind, subject, listing_id, record_id, account, recipient_commitment, status, header) values ('ORDER', $1, $2, $3, $4, $5, 'READY', $6)", [order, listing, upload, of("buyer"), zero, Buffer.from("commercial: header")]);
  await t.database.query(
    `insert into app.access_record (seq, inbox_id, at, account, action, outcome, listing_id, order_id, previous_hash, hash) values (1, 1, now(), 'audit: reader', 'BYTES', 'OK', $1, $2, '', 'audit: hash of an access')`,
    [listing, order],
  );
  await t.database.query("insert into app.dead_letter (queue, job_key, error_code, error_message, attempts) values ('store', 'store-x', 'INTERNAL', 'commercial: job given up', 5)");
  await t.ask("mutation($input: ApiKeyInput!) { createApiKey(input: $input) { secret } }", { input: { name: "personal: name of a key" } }, tokens.outsider);
  return { listing, order, upload, grant, application };
}

/** Each root field with each id that it may take. */
function* operations(kind: "query" | "mutation"): Generator<{ field: string; query: string; variables: object }> {
  const root = kind === "query" ? schema.getQueryType() : schema.getMutationType();
  for (const field of Object.values(root!.getFields()) as GraphQLField<unknown, unknown>[]) {
    const takes = /\bid\b/i.test(field.args.map(({ name }) => name).join(" ")) ? Object.values(ids) : [ids.listing];
    for (const id of takes) yield { field: field.name, ...generateOperation(kind, field, { id, listingId: ids.listing, orderId: ids.order, uploadId: ids.upload, grantId: ids.grant, account: of("outsider") }, 6) };
  }
}

const shown = (text: string): string[] => Object.keys(secrets).filter((secret) => text.includes(secret) || text.includes(Buffer.from(secret).toString("base64")));

for (const person of ["anonymous", "portal", "reader", "outsider", "provider", "rival", "buyer", "competitor", "auditor", "registrar", "operator"] as const) {
  test(`all that can be asked, asked as ${person}: what is secret is shown to whom it concerns alone`, async () => {
    const seen = new Set<string>();
    let asked = 0;
    for (const { field, query, variables } of operations("query")) {
      const answer = await t.ask(query, variables, tokens[person]);
      asked++;
      assert.ok(!answer.errors.some(({ extensions }) => ["INTERNAL", "LIMIT_EXCEEDED"].includes(extensions.code)), `${field}: ${JSON.stringify(answer.errors)}`);
      for (const secret of shown(JSON.stringify(answer))) {
        seen.add(secret);
        assert.ok(secrets[secret]?.includes(person), `${field} shows "${secret}" to ${person}`);
      }
    }
    assert.ok(asked > 20);
    const due = Object.entries(secrets).filter(([, people]) => people.includes(person)).map(([secret]) => secret);
    assert.deepEqual([...seen].sort(), due.sort());
  });
}

test("steps taken by those whom they do not concern show nothing and change nothing", async () => {
  const state = async (): Promise<unknown> =>
    t.database.query("select (select json_agg(u order by id) from app.upload u) uploads, (select json_agg(g order by id) from app.access_grant g) grants, (select json_agg(a order by id) from app.application a where a.credential like 'personal%') applications");
  const before = await state();
  for (const person of ["anonymous", "portal", "rival", "competitor"] as const) {
    for (const { field, query, variables } of operations("mutation")) {
      if (field === "signOut") continue;
      const answer = await t.ask(query, variables, tokens[person]);
      assert.deepEqual(shown(JSON.stringify(answer)), [], `${field} as ${person}`);
      assert.ok(!answer.errors.some(({ extensions }) => extensions.code === "INTERNAL"), `${field} as ${person}: ${JSON.stringify(answer.errors)}`);
      const open = ["signInChallenge", "applyForAccreditation", "createUpload"];
      if ((person === "anonymous" || person === "portal") && !open.includes(field)) assert.ok(answer.errors.length > 0, `${field} can be taken by nobody`);
    }
  }
  // What the strangers made is their own: theirs are the only new rows.
  await t.database.query("delete from app.upload where owner <> $1", [of("provider")]);
  assert.deepEqual(await state(), before);
});
