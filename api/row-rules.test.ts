import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { id, keccak256, toUtf8Bytes, verifyTypedData, Wallet, type TypedDataDomain, type TypedDataField } from "ethers";
import { Role } from "../schema/market.js";
import { batchRoot, verifyBatchProof } from "../crypto/merkle/batch.js";
import { nodeBackend } from "../crypto/backend/node.js";
import { hashToken } from "./auth/token.js";
import { withApi, type Answer, type TestApi, type TestWallet } from "../test/support/with-api.js";

let t: TestApi;
const people = Object.fromEntries(["provider", "auditor", "second", "buyer", "outsider"].map((name) => [name, Wallet.createRandom()])) as Record<"provider" | "auditor" | "second" | "buyer" | "outsider", TestWallet>;
const tokens = {} as Record<keyof typeof people, string>;
let listingId: string;
let uploadId: string;

before(async () => {
  t = await withApi({ LINK_TTL_SECONDS: "60" });
  await t.accredit(people.provider, Role.PROVIDER);
  await t.accredit(people.auditor, Role.AUDITOR, { slot: 0 });
  await t.accredit(people.second, Role.AUDITOR, { slot: 1 });
  await t.accredit(people.buyer, Role.BUYER);
  for (const name of Object.keys(people) as (keyof typeof people)[]) tokens[name] = await t.signIn(people[name]);
  const listed = await t.list(people.provider, { price: 7_000_000n, purposes: 1 | 4 });
  listingId = listed.listingId;
  uploadId = randomUUID();
  await t.database.query(
    `insert into app.upload (id, owner, status, size, received, region, payee, legal_basis, legal_evidence_hash, suite, report, listing_id, object_key, object_size, deidentified_sha256)
     values ($1, $2, 'SUBMITTED', 10, 10, 276, $2, 'consent', $3, 'age-v1/mlkem768x25519', '{"records": 1}', $4, 'records/test', 1000, 'abcd')`,
    [uploadId, people.provider.address.toLowerCase(), `0x${"00".repeat(32)}`, listingId],
  );
});
after(() => t.stop());

const code = (answer: Answer): string | undefined => answer.errors[0]?.extensions.code;
const data = <T>(answer: Answer): T => {
  assert.deepEqual(answer.errors, []);
  return answer.data as unknown as T;
};

test("uploads are their owner's alone", async () => {
  const text = "query($id: ID!) { upload(id: $id) { id deidentifiedSha256 } myUploads { id } }";
  assert.deepEqual(data(await t.ask(text, { id: uploadId }, tokens.provider)), { upload: { id: uploadId, deidentifiedSha256: "abcd" }, myUploads: [{ id: uploadId }] });
  for (const name of ["auditor", "buyer", "outsider"] as const) assert.deepEqual(data(await t.ask(text, { id: uploadId }, tokens[name])), { upload: null, myUploads: [] });
  assert.equal(code(await t.ask(text, { id: uploadId })), "UNAUTHENTICATED");
});

test("listings are public; the report is for auditors and the provider", async () => {
  const text = "query($id: ID!) { listing(id: $id) { id status tradable price { decimal currency } provider purposes report metadata metadataStatus terms { provider previousId } votes { auditor } } }";
  const reportFor = async (token?: string): Promise<unknown> => data<{ listing: { report: unknown } }>(await t.ask(text, { id: listingId }, token)).listing.report;
  assert.equal(await reportFor(), null);
  assert.equal(await reportFor(tokens.buyer), null);
  assert.equal(await reportFor(tokens.outsider), null);
  assert.deepEqual(await reportFor(tokens.provider), { records: 1 });
  assert.deepEqual(await reportFor(tokens.auditor), { records: 1 });
  const { listing } = data<{ listing: Record<string, unknown> }>(await t.ask(text, { id: listingId }));
  assert.deepEqual(listing["price"], { decimal: "7.000000", currency: "tUSD" });
  assert.deepEqual(listing["purposes"], ["GENERAL_RESEARCH", "DISEASE_SPECIFIC"]);
  assert.deepEqual([listing["tradable"], listing["metadataStatus"], listing["metadata"]], [false, "MISSING", null]);
});

test("metadata is shown only if it is what the chain's hash says", async () => {
  const [row] = (await t.database.query("select metadata_hash from listing where id = $1", [listingId])) as { metadata_hash: string }[];
  await t.database.query("insert into app.metadata (hash, body) values ($1, $2)", [row!.metadata_hash, '{"title":"forged"}']);
  const text = "query($id: ID!) { listing(id: $id) { metadata metadataStatus title } }";
  assert.deepEqual(data(await t.ask(text, { id: listingId })), { listing: { metadata: null, metadataStatus: "MISMATCH", title: null } });
  const body = '{"format":"FHIR_JSON","title":"true"}';
  await t.database.query("insert into app.metadata (hash, body) values ($1, $2)", [keccak256(toUtf8Bytes(body)), body]);
  await t.database.query("update listing set metadata_hash = $2 where id = $1", [listingId, keccak256(toUtf8Bytes(body))]);
  assert.deepEqual(data(await t.ask(text, { id: listingId })), { listing: { metadata: JSON.parse(body) as object, metadataStatus: "VERIFIED", title: "true" } });
});

test("the audit queue and audit access are for auditors who are accredited now", async () => {
  const queue = "{ auditQueue { listing { id } waitingSeconds } }";
  assert.equal(data<{ auditQueue: { listing: { id: string } }[] }>(await t.ask(queue, {}, tokens.auditor)).auditQueue[0]?.listing.id, listingId);
  const request = "mutation($listingId: ID!, $token: BigInt) { requestAuditAccess(listingId: $listingId, token: $token) { id status kind header link { url } } }";
  for (const name of ["provider", "buyer", "outsider"] as const) {
    assert.equal(code(await t.ask(queue, {}, tokens[name])), "NOT_ACCREDITED");
    assert.equal(code(await t.ask(request, { listingId }, tokens[name])), "NOT_ACCREDITED");
  }
  assert.equal(code(await t.ask(queue)), "UNAUTHENTICATED");
  assert.equal(code(await t.ask(request, { listingId }, tokens.auditor)), "LEASE_LOST", "nobody gets a key without a claim");
  const { claimAudit } = data<{ claimAudit: { token: string } }>(await t.ask("mutation($listingId: ID!) { claimAudit(listingId: $listingId) { token } }", { listingId }, tokens.auditor));
  const claimed = { listingId, ...claimAudit };
  const { requestAuditAccess: grant } = data<{ requestAuditAccess: { id: string; status: string; header: null; link: null } }>(await t.ask(request, claimed, tokens.auditor));
  assert.deepEqual([grant.status, grant.header, grant.link], ["REQUESTED", null, null]);
  assert.equal(data<{ requestAuditAccess: { id: string } }>(await t.ask(request, claimed, tokens.auditor)).requestAuditAccess.id, grant.id, "asking again is the same");
  assert.deepEqual((await t.api.deps.queues.queue("deliver").getJob(`deliver-${grant.id}`))?.data, { grantId: grant.id });
  assert.equal(code(await t.ask(request, { listingId: id("none") }, tokens.auditor)), "NOT_FOUND");

  const brief = Wallet.createRandom();
  await t.accredit(brief, Role.AUDITOR, { slot: 2, validForSeconds: 3 });
  const briefToken = await t.signIn(brief);
  assert.equal(code(await t.ask(queue, {}, briefToken)), undefined);
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  assert.equal(code(await t.ask(queue, {}, briefToken)), "NOT_ACCREDITED", "expired without any event");
  await t.send(t.wallets.registrar, "revokeParticipants", [[people.second.address]]);
  assert.equal(code(await t.ask(queue, {}, tokens.second)), "NOT_ACCREDITED", "revoked");
});

test("a purchase is prepared for accredited buyers, approved listings and allowed purposes alone; the permit is the wallet's to sign", async () => {
  const text = "mutation($input: PurchaseInput!) { preparePurchase(input: $input) { items { listingId maxPrice purpose salt orderId } total { amount } to data permit allowanceNeeded allowance } }";
  const input = { items: [{ listingId, purpose: "GENERAL_RESEARCH" }] };
  assert.equal(code(await t.ask(text, { input })), "UNAUTHENTICATED");
  assert.equal(code(await t.ask(text, { input }, tokens.outsider)), "NOT_ACCREDITED");
  assert.equal(code(await t.ask(text, { input }, tokens.provider)), "NOT_ACCREDITED");
  assert.equal(code(await t.ask(text, { input }, tokens.buyer)), "NOT_TRADABLE");
  await t.accredit(people.second, Role.AUDITOR, { slot: 1 });
  await t.send(people.auditor, "vote", [listingId, true, 0]);
  await t.send(people.second, "vote", [listingId, true, 0]);
  assert.equal(code(await t.ask(text, { input: { items: [{ listingId, purpose: "COMMERCIAL" }] } }, tokens.buyer)), "PURPOSE_NOT_ALLOWED");
  assert.equal(code(await t.ask(text, { input: { items: [] } }, tokens.buyer)), "BAD_INPUT");
  assert.equal(code(await t.ask(text, { input: { items: [{ listingId: id("none"), purpose: "COMMERCIAL" }] } }, tokens.buyer)), "NOT_FOUND");
  const { preparePurchase: prepared } = data<{ preparePurchase: { items: { salt: string; orderId: string; maxPrice: string }[]; total: { amount: string }; data: string; permit: { domain: TypedDataDomain; types: Record<string, TypedDataField[]>; message: Record<string, unknown> } } }>(
    await t.ask(text, { input: { items: [...input.items, { listingId, purpose: "DISEASE_SPECIFIC" }] } }, tokens.buyer),
  );
  assert.equal(prepared.total.amount, "14000000");
  const [item] = prepared.items;
  assert.equal(item?.orderId, await t.marketplace.getFunction("orderIdOf")(listingId, people.buyer.address, item?.salt));
  assert.equal(t.marketplace.interface.parseTransaction({ data: prepared.data })?.name, "purchase");
  const { EIP712Domain: _domain, ...types } = prepared.permit.types;
  const signature = await people.buyer.signTypedData(prepared.permit.domain, types, prepared.permit.message);
  assert.equal(verifyTypedData(prepared.permit.domain, types, prepared.permit.message, signature), people.buyer.address);
  // The token itself takes the permit: nothing in it is made up.
  const { v, r, s } = (await import("ethers")).Signature.from(signature);
  const token = t.api.deps.market.token.connect(people.outsider.connect(t.provider)) as typeof t.marketplace;
  await ((await token.getFunction("permit").send(people.buyer.address, t.api.deps.market.deployment.marketplace, 14_000_000n, prepared.permit.message["deadline"], v, r, s, { type: 0, gasPrice: 0n })) as { wait(): Promise<unknown> }).wait();
  assert.equal(await t.api.deps.market.token.getFunction("allowance")(people.buyer.address, t.api.deps.market.deployment.marketplace), 14_000_000n);
});

/** What a worker would have done: a READY grant, its header, and the object. */
async function makeReady(kind: string, subject: string, account: string): Promise<{ id: string; header: Buffer; payload: Buffer }> {
  const header = randomBytes(200);
  const payload = randomBytes(1000);
  await t.api.deps.objects.put("records/test", (async function* () { yield payload; })());
  const [row] = (await t.database.query(
    `insert into app.access_grant (kind, subject, listing_id, record_id, account, recipient_commitment, status, header) values ($1, $2, $3, $4, $5, $6, 'READY', $7)
     on conflict (kind, subject, account) do update set status = 'READY', header = excluded.header returning id`,
    [kind, subject, listingId, uploadId, account.toLowerCase(), id("recipient"), header],
  )) as { id: string }[];
  return { id: row!.id, header, payload };
}
const accesses = async (grantId: string): Promise<string[]> =>
  ((await t.database.query("select action || ' ' || outcome || coalesce(' ' || first_byte || '-' || last_byte, '') as line from app.access_inbox where grant_id = $1 order by inbox.id".replace("inbox.id", "id"), [grantId])) as { line: string }[]).map(({ line }) => line);

test("header, link and bytes are for the grant's account, logged before they are served, and refused to everybody else", async () => {
  const grant = await makeReady("AUDIT", listingId, people.auditor.address);
  const text = "query($id: ID!) { accessGrant(id: $id) { status header link { url expiresAt } } }";
  assert.deepEqual(data(await t.ask(text, { id: grant.id })), { accessGrant: null });
  assert.deepEqual(data(await t.ask(text, { id: grant.id }, tokens.outsider)), { accessGrant: null });
  assert.equal(code(await t.ask("mutation($id: ID!) { refreshLink(grantId: $id) { url } }", { id: grant.id }, tokens.outsider)), "NOT_FOUND");
  assert.deepEqual(await accesses(grant.id), ["REFUSED FORBIDDEN", "REFUSED FORBIDDEN"]);

  const { accessGrant } = data<{ accessGrant: { header: string; link: { url: string; expiresAt: string } } }>(await t.ask(text, { id: grant.id }, tokens.auditor));
  assert.deepEqual(Buffer.from(accessGrant.header, "base64"), grant.header);
  assert.ok(Date.parse(accessGrant.link.expiresAt) - Date.now() <= 60_000);
  assert.deepEqual((await accesses(grant.id)).slice(2).sort(), ["HEADER OK", "LINK OK"]);

  const whole = Buffer.concat([grant.header, grant.payload]);
  const { url } = accessGrant.link;
  const full = await fetch(url);
  assert.deepEqual([full.status, full.headers.get("content-length"), full.headers.get("accept-ranges")], [200, "1200", "bytes"]);
  assert.deepEqual(Buffer.from(await full.arrayBuffer()), whole);
  assert.deepEqual(Buffer.from(await (await fetch(`${url}?part=payload`)).arrayBuffer()), grant.payload);
  for (const [range, first, last] of [["bytes=0-9", 0, 9], ["bytes=195-204", 195, 204], ["bytes=200-", 200, 1199], ["bytes=-50", 1150, 1199]] as const) {
    const answer = await fetch(url, { headers: { range } });
    assert.deepEqual([answer.status, answer.headers.get("content-range")], [206, `bytes ${first}-${last}/1200`]);
    assert.deepEqual(Buffer.from(await answer.arrayBuffer()), whole.subarray(first, last + 1));
  }
  assert.equal((await fetch(url, { headers: { range: "bytes=1200-" } })).status, 416);
  assert.deepEqual((await accesses(grant.id)).slice(4), ["BYTES OK 0-1199", "BYTES OK 0-999", "BYTES OK 0-9", "BYTES OK 195-204", "BYTES OK 200-1199", "BYTES OK 1150-1199"]);
});

test("a changed link is refused with 403, an expired one with 410, and one of an account that lost its accreditation with 403", async () => {
  const grant = await makeReady("AUDIT", listingId, people.second.address);
  const refresh = "mutation($id: ID!, $seconds: Int) { refreshLink(grantId: $id, seconds: $seconds) { url expiresAt } }";
  const link = async (seconds: number): Promise<string> => data<{ refreshLink: { url: string } }>(await t.ask(refresh, { id: grant.id, seconds }, tokens.second)).refreshLink.url;
  const refusal = async (url: string): Promise<[number, string]> => {
    const answer = await fetch(url);
    return [answer.status, ((await answer.json()) as { code: string }).code];
  };
  assert.equal(code(await t.ask(refresh, { id: grant.id, seconds: 61 }, tokens.second)), "BAD_INPUT");
  const good = await link(60);
  const short = await link(1);
  const at = good.length - 10;
  const changed = good.slice(0, at) + (good[at] === "A" ? "B" : "A") + good.slice(at + 1);
  assert.deepEqual(await refusal(changed), [403, "LINK_INVALID"]);
  for (const broken of [`${t.url}/download/x`, `${good}A`, `${t.url}/download/%ff`, `${t.url}/download/`]) assert.ok([400, 403].includes((await refusal(broken))[0]), broken);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  assert.deepEqual(await refusal(short), [410, "LINK_EXPIRED"]);
  assert.equal((await fetch(good)).status, 200);
  await t.send(t.wallets.registrar, "revokeParticipants", [[people.second.address]]);
  assert.deepEqual(await refusal(good), [403, "NOT_ACCREDITED"]);
  assert.equal(code(await t.ask(refresh, { id: grant.id }, tokens.second)), "NOT_ACCREDITED");
  const log = await accesses(grant.id);
  for (const line of ["REFUSED LINK_INVALID", "REFUSED LINK_EXPIRED", "REFUSED NOT_ACCREDITED"]) assert.ok(log.includes(line), `${line} in ${log.join()}`);
  await t.database.query("update app.access_grant set status = 'REVOKED' where id = $1", [grant.id]);
  assert.deepEqual((await refusal(good))[1], "KEY_UNAVAILABLE");
});

test("access records are for those concerned, page by page, with proofs that hold", async () => {
  const hashes = Array.from({ length: 5 }, () => `0x${randomBytes(32).toString("hex")}`);
  for (const [index, hash] of hashes.entries()) {
    await t.database.query(
      "insert into app.access_record (seq, inbox_id, at, account, action, outcome, listing_id, previous_hash, hash, batch_index) values ($1, $2, now(), $3, 'BYTES', 'OK', $4, $5, $6, $7)",
      [index + 1, 1000 + index, people.auditor.address.toLowerCase(), listingId, hashes[index - 1] ?? `0x${"00".repeat(32)}`, hash, index < 4 ? 1 : null],
    );
  }
  const root = batchRoot(nodeBackend, hashes.slice(0, 4));
  await t.database.query("insert into app.access_batch (batch_index, root, first_seq, last_seq, count, first_time, last_time) values (1, $1, 1, 4, 4, 0, 0)", [root]);
  const text = "query($id: ID, $first: Int, $after: String) { accessRecords(listingId: $id, first: $first, after: $after) { totalCount edges { cursor node { seq hash batch { index root transactionHash } proof { index size path } told { number transactionHash } } } pageInfo { hasNextPage endCursor } } }";
  assert.equal(code(await t.ask(text, { id: listingId })), "UNAUTHENTICATED");
  assert.equal(code(await t.ask(text, { id: listingId }, tokens.outsider)), "FORBIDDEN");
  assert.equal(code(await t.ask(text, { id: listingId }, tokens.buyer)), "FORBIDDEN");
  assert.equal(code(await t.ask(text, {}, tokens.buyer)), "BAD_INPUT");
  interface Page {
    accessRecords: {
      totalCount: number;
      edges: { cursor: string; node: { hash: string; batch: { root: string } | null; proof: { index: number; size: number; path: string[] } | null; told: { number: string } | null } }[];
      pageInfo: { hasNextPage: boolean; endCursor: string };
    };
  }
  await t.database.query("insert into access_told (id, number, hash, block_number, block_time, transaction_hash, log_index) select $1 || '-1', 7, $2, 1, now(), $1, 1", [hashes[4], hashes[2]]);
  assert.equal(data<Page>(await t.ask(text, {}, tokens.auditor)).accessRecords.totalCount, 5, "auditors may see the whole log");
  for (const name of ["provider", "auditor"] as const) {
    const first = data<Page>(await t.ask(text, { id: listingId, first: 3 }, tokens[name])).accessRecords;
    const rest = data<Page>(await t.ask(text, { id: listingId, first: 3, after: first.pageInfo.endCursor }, tokens[name])).accessRecords;
    assert.deepEqual([first.totalCount, first.pageInfo.hasNextPage, rest.pageInfo.hasNextPage], [5, true, false]);
    const all = [...first.edges, ...rest.edges].map(({ node }) => node);
    assert.deepEqual(all.map(({ hash }) => hash), hashes);
    for (const { hash, batch, proof } of all.slice(0, 4)) assert.ok(proof && batch?.root === root && verifyBatchProof(nodeBackend, root, hash, proof));
    assert.deepEqual(all.map(({ told }) => told?.number), [undefined, undefined, "7", undefined, undefined]);
    assert.deepEqual([all[4]?.batch, all[4]?.proof], [null, null]);
  }
});

test("access records of listings that were submitted again stay their owner's, without a name too, and the patient's", async () => {
  const [first, second, third] = [id("first"), id("second"), id("third")];
  const [owner, receipt, stored] = [people.outsider.address.toLowerCase(), `grr_${"r".repeat(43)}`, randomUUID()];
  for (const [made, previous] of [[first, null], [second, first], [third, second]]) {
    await t.database.query("insert into listing select (jsonb_populate_record(l, jsonb_build_object('id', $2::text, 'previous_id', $3::text, 'provider', null))).* from listing l where id = $1 and to_block is null", [listingId, made, previous]);
  }
  await t.database.query(
    `insert into app.upload (id, owner, status, size, received, region, payee, legal_basis, legal_evidence_hash, suite, listing_id, previous_listing_id) values ($1, $2, 'SUBMITTED', 10, 10, 276, $2, 'consent', $3, 'age-v1/mlkem768x25519', $4, $5)`,
    [stored, owner, `0x${"00".repeat(32)}`, third, second],
  );
  await t.database.query("insert into app.patient_receipt (receipt_hash, upload_id) values ($1, $2)", [hashToken(receipt), stored]);
  for (const [index, listing] of [first, second, third].entries()) {
    await t.database.query("insert into app.access_record (seq, inbox_id, at, account, action, outcome, listing_id, previous_hash, hash) values ($1, $2, now(), $3, 'BYTES', 'OK', $4, '', $5)", [
      100 + index, 2000 + index, people.auditor.address.toLowerCase(), listing, `0x${randomBytes(32).toString("hex")}`,
    ]);
  }
  const text = "query($id: ID) { accessRecords(listingId: $id) { nodes { listingId } } }";
  for (const listing of [first, second, third]) {
    assert.deepEqual(data(await t.ask(text, { id: listing }, tokens.outsider)), { accessRecords: { nodes: [{ listingId: listing }] } });
    for (const name of ["provider", "buyer"] as const) assert.equal(code(await t.ask(text, { id: listing }, tokens[name])), "FORBIDDEN");
  }
  assert.equal(code(await t.ask(text, { id: id("nothing") }, tokens.outsider)), "NOT_FOUND");
  const read = data(await t.ask("query($receipt: String!) { recordAccess(receipt: $receipt) { nodes { listingId } } }", { receipt }));
  assert.deepEqual(read, { recordAccess: { nodes: [first, second, third].map((each) => ({ listingId: each })) } });
});

test("publishing takes the owner's own signature over exactly these terms", async () => {
  const stored = randomUUID();
  const planned = id("planned listing");
  await t.database.query(
    `with u as (insert into app.upload (id, owner, status, size, received, region, payee, legal_basis, legal_evidence_hash, suite, listing_id) values ($1, $2, 'STORED', 10, 10, 276, $2, 'consent', $3, 'age-v1/mlkem768x25519', $4) returning id)
     insert into app.legal_evidence (upload_id, media_type, size) select id, 'text/plain', 40 from u`,
    [stored, people.provider.address.toLowerCase(), `0x${"00".repeat(32)}`, planned],
  );
  const deadline = String(Math.floor(Date.now() / 1000) + 3600);
  const terms = { price: "5000000", purposes: ["GENERAL_RESEARCH"], deadline };
  const consentText = "query($id: ID!, $price: BigInt!, $purposes: [Purpose!]!, $deadline: BigInt!) { upload(id: $id) { consent(price: $price, purposes: $purposes, deadline: $deadline) } }";
  const { upload } = data<{ upload: { consent: { domain: TypedDataDomain; types: Record<string, TypedDataField[]>; message: Record<string, unknown> } } }>(await t.ask(consentText, { id: stored, ...terms }, tokens.provider));
  const { EIP712Domain: _domain, ...types } = upload.consent.types;
  const sign = (wallet: TestWallet): Promise<string> => wallet.signTypedData(upload.consent.domain, types, upload.consent.message);
  const publish = "mutation($input: PublishInput!) { publishListing(input: $input) { status } }";
  const signature = await sign(people.provider);
  const attempt = async (change: object, token = tokens.provider): Promise<string | undefined> => code(await t.ask(publish, { input: { uploadId: stored, ...terms, signature, ...change } }, token));
  assert.equal(await attempt({}), "CONFLICT", "not without the document that shows the legal basis");
  await t.database.query("update app.legal_evidence set object_key = 'records/evidence', object_size = 60 where upload_id = $1", [stored]);
  assert.equal(await attempt({ signature: await sign(people.outsider) }), "BAD_INPUT");
  assert.equal(await attempt({ signature: "0x1234" }), "BAD_INPUT");
  assert.equal(await attempt({ price: "5000001" }), "BAD_INPUT");
  assert.equal(await attempt({ purposes: ["COMMERCIAL"] }), "BAD_INPUT");
  assert.equal(await attempt({ deadline: String(Math.floor(Date.now() / 1000) - 1) }), "BAD_INPUT");
  assert.equal(await attempt({}, tokens.buyer), "NOT_FOUND");
  assert.equal(await attempt({}), undefined);
  assert.equal(await attempt({}), undefined, "the same again is the same");
  const later = String(Number(deadline) + 1);
  const other = await people.provider.signTypedData(upload.consent.domain, types, { ...upload.consent.message, deadline: later });
  assert.equal(await attempt({ deadline: later, signature: other }), "CONFLICT");
  assert.deepEqual(await t.database.query("select status, price, consent_signature from app.upload where id = $1", [stored]), [{ status: "CONSENTED", price: "5000000", consent_signature: signature }]);
  assert.deepEqual((await t.api.deps.queues.queue("publish").getJob(`publish-${stored}`))?.data, { uploadId: stored });
});
