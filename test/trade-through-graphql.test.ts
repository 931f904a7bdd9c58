import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Decrypter } from "age-encryption";
import { Contract, hexlify, id, randomBytes, Signature, Wallet, type InterfaceAbi, type TypedDataDomain, type TypedDataField, toBeHex } from "ethers";
import type { GraphQLField } from "graphql";
import { buildApiSchema } from "../api/build-schema.js";
import { createClient, fetchEvidence, leaveOutPatients, ringKeyOf, sealEvidence, sendEvidence, type GalenClient } from "../client/index.js";
import { nodeCrypto } from "../crypto/node.js";
import { newRingKey } from "../crypto/ring/ring.js";
import { paymentTokenAbi } from "../schema/abi/payment-token.js";
import { LiveClient } from "./support/live-client.js";
import { noteSample } from "./support/note-sample.js";
import { withApi, type Answer, type TestApi, type TestWallet } from "./support/with-api.js";
import { table } from "./support/workers/samples.js";
import { until, workerProcess, type WorkerProcess } from "./support/workers/worker-process.js";

/** The table "every step of the trade": who takes which. */
const steps: Readonly<Record<string, readonly string[]>> = {
  anyone: ["signInChallenge", "signIn", "refreshSession", "signOut", "createApiKey", "rotateApiKey", "revokeApiKey", "apiKeyUsage"],
  registrar: ["applyForAccreditation", "accreditationQueue", "accredit", "refuseAccreditation", "revokeParticipant", "registerRing"],
  provider: [
    "createUpload", "approveDeidentification", "withdrawUpload", "pricePrediction", "publishListing", "reprice", "setConsent", "delist", "resubmit", "grantAccess", "downloadOwn",
    "eraseRecord", "withdrawFunds", "issueReceipts",
  ],
  auditor: ["claimAudit", "renewClaim", "releaseClaim", "requestAuditAccess", "requestEvidence", "auditDecisionTypedData", "submitAuditSignatures", "auditDecision", "resolveDispute"],
  buyer: ["preparePurchase", "refreshLink", "settle", "refund", "openDispute", "acknowledgeDelivery"],
  patient: ["recordAccess", "withdrawPatient"],
  operator: ["jobs", "retryJob", "pause", "resume", "health"],
};

const schema = buildApiSchema();
const rootFields = { query: schema.getQueryType()!.getFields(), mutation: schema.getMutationType()!.getFields() };

test("every step of the trade has a way through GraphQL", () => {
  const all = Object.values(steps).flat();
  assert.deepEqual(all.filter((name) => !(name in rootFields.query) && !(name in rootFields.mutation)), []);
});

type Person = "registrar" | "operator" | "provider" | "colleague" | "stranger" | "auditor" | "second" | "buyer" | "treasurer";
let t: TestApi;
let workers: WorkerProcess;
const wallets = {} as Record<Person, TestWallet>;
const identities = {} as Record<Person, { identity: string; recipient: string }>;
const tokens: Partial<Record<Person, string>> = {};
const taken = new Set<string>();
const gasFree = { type: 0, gasPrice: 0n } as const;

before(async () => {
  t = await withApi();
  for (const name of ["provider", "colleague", "stranger", "auditor", "second", "buyer"] as const) {
    wallets[name] = Wallet.createRandom();
    identities[name] = nodeCrypto.generateIdentity();
  }
  Object.assign(wallets, { registrar: t.wallets.registrar, operator: t.wallets.operator, treasurer: t.wallets.treasurer });
  workers = await workerProcess(t.workersEnv);
});
after(async () => {
  await workers.stop();
  await t.stop();
});

/** Asks for one root field, by its name and arguments. */
async function ask(person: Person | null, name: string, variables: Record<string, unknown> = {}, selection = ""): Promise<Answer> {
  taken.add(name);
  const kind = name in rootFields.mutation ? "mutation" : "query";
  const field = rootFields[kind][name] as GraphQLField<unknown, unknown>;
  const used = field.args.filter((argument) => argument.name in variables);
  const declared = used.length === 0 ? "" : `(${used.map((argument) => `$${argument.name}: ${String(argument.type)}`).join(", ")})`;
  const passed = used.length === 0 ? "" : `(${used.map((argument) => `${argument.name}: $${argument.name}`).join(", ")})`;
  return t.ask(`${kind}${declared} { ${name}${passed} ${selection && `{ ${selection} }`} }`, variables, person === null ? undefined : tokens[person]);
}

async function get<T>(person: Person | null, name: string, variables: Record<string, unknown> = {}, selection = ""): Promise<T> {
  const answer = await ask(person, name, variables, selection);
  assert.deepEqual(answer.errors, [], name);
  return answer.data?.[name] as T;
}

/** Sends a prepared transaction from the person's own wallet, and waits until the index has it. */
async function send(person: Person, { to, data }: { to: string; data: string }): Promise<void> {
  const sent = await wallets[person].connect(t.provider).sendTransaction({ to, data, ...gasFree });
  assert.equal((await sent.wait())?.status, 1);
  await t.untilIndexed();
}
const take = async (person: Person, name: string, variables: Record<string, unknown> = {}): Promise<void> => send(person, await get(person, name, variables, "to data"));
const sign = (person: Person, data: { domain: TypedDataDomain; types: Record<string, TypedDataField[]>; message: Record<string, unknown> }): Promise<string> => {
  const { EIP712Domain: _domain, ...types } = data.types;
  return wallets[person].signTypedData(data.domain, types, data.message);
};
const code = (answer: Answer): string | undefined => answer.errors[0]?.extensions.code;

const consentForm = Buffer.from("%PDF-1.7 consent of the patients");
const clientOf = (person: Person): GalenClient => createClient({ apiUrl: t.url, token: tokens[person] ?? "" });

/** Sends the legal evidence, then a file. */
async function upload(bytes: Uint8Array, review: boolean, notes = false): Promise<string> {
  const { sealed, hash } = sealEvidence(nodeCrypto.backend, consentForm);
  const input = { size: String(bytes.length), region: 276, legalBasis: "CONSENT", legalWords: "informed consent", legalEvidenceHash: hash, review, notes };
  const made = await get<{ id: string; uploadUrl: string; evidenceUrl: string }>("provider", "createUpload", { input }, "id uploadUrl evidenceUrl");
  await sendEvidence(clientOf("provider"), made.evidenceUrl, sealed);
  const headers = { authorization: `Bearer ${tokens.provider}`, "tus-resumable": "1.0.0", "upload-offset": "0", "content-type": "application/offset+octet-stream" };
  assert.equal((await fetch(made.uploadUrl, { method: "PATCH", headers, body: Buffer.from(bytes) })).status, 204);
  return made.id;
}
const uploadAt = (uploadId: string, status: string): Promise<{ deidentifiedSha256: string; listingId: string }> =>
  until(`the upload is ${status}`, async () => {
    const found = await get<{ status: string; error: object | null; deidentifiedSha256: string; listingId: string }>("provider", "upload", { id: uploadId }, "status error { code message } deidentifiedSha256 listingId");
    assert.equal(found.error, null);
    return found.status === status && found;
  }, 60_000);
const listingAt = (listingId: string, status: string): Promise<unknown> =>
  until(`the listing is ${status}`, async () => (await get<{ status: string } | null>(null, "listing", { id: listingId }, "status"))?.status === status, 60_000);
const grantOf = (orderId: string): Promise<{ id: string; link: { url: string } }> =>
  until("the access is granted", async () => {
    const order = await get<{ grant: { id: string; status: string; link: { url: string } } | null }>("buyer", "order", { id: orderId }, "grant { id status link { url } }");
    return order.grant?.status === "READY" && order.grant;
  }, 60_000);

async function publish(uploadId: string): Promise<string> {
  const deadline = String(Math.floor(Date.now() / 1000) + 3_600);
  const terms = { price: "5000000", purposes: ["GENERAL_RESEARCH", "COMMERCIAL"], deadline };
  const { listingId } = await uploadAt(uploadId, "STORED");
  const consent = await t.ask("query($id: ID!, $price: BigInt!, $purposes: [Purpose!]!, $deadline: BigInt!) { upload(id: $id) { consent(price: $price, purposes: $purposes, deadline: $deadline) } }", { id: uploadId, ...terms }, tokens.provider);
  const signature = await sign("provider", (consent.data as unknown as { upload: { consent: Parameters<typeof sign>[1] } }).upload.consent);
  await get("provider", "publishListing", { input: { uploadId, ...terms, signature } }, "status");
  await listingAt(listingId, "PENDING");
  return listingId;
}
const claim = (person: Person, listingId: string): Promise<{ token: string }> => get(person, "claimAudit", { listingId, seconds: 3_600 }, "token");

async function buy(listingId: string, prepareOnly = false): Promise<{ orderId: string; send(): Promise<void> }> {
  const prepared = await get<{ items: { listingId: string; maxPrice: string; purpose: number; salt: string; orderId: string }[]; to: string; permit: Parameters<typeof sign>[1] & { message: Record<string, string> } }>(
    "buyer", "preparePurchase", { input: { items: [{ listingId, purpose: "GENERAL_RESEARCH" }] } }, "items { listingId maxPrice purpose salt orderId } to permit",
  );
  const pay = async (): Promise<void> => {
    const { v, r, s } = Signature.from(await sign("buyer", prepared.permit));
    const { value, deadline } = prepared.permit.message;
    await send("buyer", { to: prepared.to, data: t.marketplace.interface.encodeFunctionData("purchaseWithPermit", [prepared.items, { value, deadline, v, r, s }]) });
  };
  if (!prepareOnly) await pay();
  return { orderId: prepared.items[0]!.orderId, send: pay };
}

async function opened(url: string, person: Person): Promise<Buffer> {
  const age = new Decrypter();
  age.addIdentity(identities[person].identity);
  return Buffer.from(await age.decrypt(new Uint8Array(await (await fetch(url)).arrayBuffer())));
}

let record: Uint8Array;
let sold: { uploadId: string; listingId: string };
let rejected: { uploadId: string; listingId: string };

test("anyone signs in, and gets keys without an operator", async () => {
  for (const name of ["registrar", "operator", "provider", "colleague", "stranger", "auditor", "second", "buyer"] as const) {
    const { message } = await get<{ message: string }>(null, "signInChallenge", { account: wallets[name].address }, "message");
    const first = await get<{ refreshToken: string }>(null, "signIn", { message, signature: await wallets[name].signMessage(message) }, "refreshToken");
    tokens[name] = (await get<{ accessToken: string }>(null, "refreshSession", { refreshToken: first.refreshToken }, "accessToken")).accessToken;
  }
  const { apiKey } = await get<{ apiKey: { id: string } }>("stranger", "createApiKey", { input: { name: "portal", scope: "READ" } }, "apiKey { id }");
  const { secret } = await get<{ secret: string }>("stranger", "rotateApiKey", { id: apiKey.id }, "secret");
  assert.equal(((await t.ask("{ me { account } }", {}, secret)).data as unknown as { me: { account: string } }).me.account, wallets.stranger.address.toLowerCase());
  await get("stranger", "apiKeyUsage", { id: apiKey.id }, "requests");
  await get("stranger", "revokeApiKey", { id: apiKey.id }, "revokedAt");
});

test("the registrar accredits, refuses, revokes, and registers a ring", async () => {
  for (const [name, roles] of [["provider", ["PROVIDER"]], ["colleague", ["PROVIDER"]], ["auditor", ["AUDITOR"]], ["second", ["AUDITOR"]], ["buyer", ["BUYER"]], ["stranger", ["BUYER"]]] as const) {
    const ringKey = roles[0] === "PROVIDER" ? { ringKey: ringKeyOf(toBeHex(newRingKey().secret, 32)) } : {};
    await get(name, "applyForAccreditation", { input: { roles, kind: "HOSPITAL", institutionName: name, credential: name, recipient: identities[name].recipient, ...ringKey } }, "id");
  }
  const queue = await get<{ id: string; institutionName: string }[]>("registrar", "accreditationQueue", {}, "id institutionName");
  const [refused, accredited] = [queue.filter(({ institutionName }) => institutionName === "stranger"), queue.filter(({ institutionName }) => institutionName !== "stranger")];
  await get("registrar", "refuseAccreditation", { id: refused[0]!.id, reason: "unknown" }, "status");
  await take("registrar", "accredit", { applicationIds: accredited.map((each) => each.id), validUntil: new Date(Date.now() + 864e5 * 30).toISOString() });
  assert.deepEqual(await get("registrar", "accreditationQueue", {}, "id"), []);
  await take("registrar", "registerRing", { accounts: [wallets.provider.address, wallets.colleague.address], quota: 5, epochSeconds: 3_600 });
  await take("registrar", "revokeParticipant", { accounts: [wallets.colleague.address] });
});

test("the provider uploads, looks at the de-identification, prices, and lists", async () => {
  record = table(60);
  assert.ok(BigInt((await get<{ p50: { amount: string } }>(null, "pricePrediction", { input: { kind: "FHIR", records: "100" } }, "p50 { amount }")).p50.amount) > 0n);
  const uploadId = await upload(record, true);
  const { deidentifiedSha256 } = await uploadAt(uploadId, "CHECKED");
  // Nothing happens until the provider has looked: dispatch looks at everything each second.
  await new Promise((resolve) => setTimeout(resolve, 4_500));
  await uploadAt(uploadId, "CHECKED");
  assert.equal(code(await ask("provider", "approveDeidentification", { id: uploadId, sha256: "00" }, "status")), "COMMITMENT_MISMATCH");
  await get("provider", "approveDeidentification", { id: uploadId, sha256: deidentifiedSha256 }, "status");
  sold = { uploadId, listingId: await publish(uploadId) };
  await take("provider", "reprice", { listingId: sold.listingId, price: "4000000" });
  await take("provider", "setConsent", { listingId: sold.listingId, purposes: ["GENERAL_RESEARCH"] });
  const unwanted = await upload(table(80), false);
  await get("provider", "withdrawUpload", { id: unwanted }, "status");
});

test("auditors claim, look, and decide by signature; the relayer sends a quorum's in one transaction", async () => {
  const { listingId } = sold;
  const claims = { auditor: await claim("auditor", listingId), second: await claim("second", listingId) };
  await get("second", "releaseClaim", { listingId, token: claims.second.token }, "token");
  claims.second = await claim("second", listingId);
  await get("auditor", "renewClaim", { listingId, token: claims.auditor.token }, "token");
  const { id: grantId } = await get<{ id: string }>("auditor", "requestAuditAccess", { listingId, token: claims.auditor.token }, "id");
  await until("the auditor's key", async () => (await get<{ status: string }>("auditor", "accessGrant", { id: grantId }, "status")).status === "READY");
  // What the checks found: evidence for auditors and the owner, how they ended for everybody.
  type Checks = { checks: { name: string; outcome: string; evidence: object }[] | null; checkSummary: { name: string; outcome: string }[] };
  const checked = (person: Person | null): Promise<Checks> => get(person, "listing", { id: listingId }, "checks { name outcome blocking evidence } checkSummary { name outcome }");
  const { checks, checkSummary } = await checked("auditor");
  assert.deepEqual(checks?.filter(({ outcome }) => outcome === "PASSED").map(({ name }) => name), ["completeness", "exact-duplicate", "format-conformance", "legal-evidence", "metadata-hash", "near-duplicate", "residual-identifiers"]);
  assert.deepEqual(checkSummary, checks?.map(({ name, outcome }) => ({ name, outcome })));
  for (const person of ["buyer", null] as const) assert.deepEqual(await checked(person), { checks: null, checkSummary });
  assert.ok((await checked("provider")).checks?.every(({ evidence }) => !("listings" in evidence)));
  assert.equal((await get<{ checks: object[] }>("provider", "upload", { id: sold.uploadId }, "checks { name }")).checks.length, 7);
  // The document that shows the legal basis: under the claim alone, decrypted with the own key, as the hash on the chain says, and each read is noted.
  const { legalEvidence, terms } = await get<{ legalEvidence: object; terms: { legalEvidenceHash: string } }>("auditor", "listing", { id: listingId }, "legalEvidence { basis words mediaType stored } terms { legalEvidenceHash }");
  assert.deepEqual(legalEvidence, { basis: "CONSENT", words: "informed consent", mediaType: "application/pdf", stored: true });
  assert.equal((await get<{ legalEvidence: object | null }>("buyer", "listing", { id: listingId }, "legalEvidence { words }")).legalEvidence, null);
  assert.equal(code(await ask("auditor", "requestEvidence", { listingId }, "id")), "LEASE_LOST");
  assert.equal(code(await ask("buyer", "requestEvidence", { listingId }, "id")), "NOT_ACCREDITED");
  const listing = { id: listingId, ...terms };
  const seen = await fetchEvidence(clientOf("auditor"), nodeCrypto.backend, { listing, token: claims.auditor.token, identities: [identities.auditor.identity] });
  assert.deepEqual(Buffer.from(seen.document), consentForm);
  const own = await fetchEvidence(clientOf("provider"), nodeCrypto.backend, { listing, identities: [identities.provider.identity] });
  assert.deepEqual(Buffer.from(own.document), consentForm);
  await until("the reads in the access log", async () => {
    const { nodes } = await get<{ nodes: { action: string; grantId: string }[] }>("provider", "accessRecords", { listingId }, "nodes { action grantId }");
    return [seen.grantId, own.grantId].every((grant) => ["HEADER", "LINK", "BYTES"].every((action) => nodes.some((node) => node.grantId === grant && node.action === action)));
  });
  const deadline = String(Math.floor(Date.now() / 1000) + 600);
  const submit = async (person: "auditor" | "second"): Promise<{ signatures: number; needed: number }> => {
    const input = { items: [{ listingId, token: claims[person].token }], approve: true, deadline };
    const signature = await sign(person, await get(person, "auditDecisionTypedData", { input }));
    assert.equal(code(await ask(person, "submitAuditSignatures", { input, signature: await sign("stranger", await get(person, "auditDecisionTypedData", { input })) }, "id")), "BAD_INPUT");
    return get(person, "submitAuditSignatures", { input, signature }, "signatures needed");
  };
  assert.deepEqual(await submit("auditor"), { signatures: 1, needed: 2 });
  assert.equal((await get<object[]>("second", "auditDecisions", {}, "id")).length, 1);
  assert.deepEqual(await submit("second"), { signatures: 2, needed: 2 });
  await listingAt(listingId, "APPROVED");
  assert.deepEqual(await get("second", "auditDecisions", {}, "id"), []);
});

test("the buyer pays by permit, gets the record, and pays out, disputes, or is granted", async () => {
  const token = new Contract(t.api.deps.market.deployment.token, paymentTokenAbi as unknown as InterfaceAbi, wallets.treasurer.connect(t.provider));
  await ((await token.getFunction("mint").send(wallets.buyer.address, 50_000_000n, id("bank"), gasFree)) as { wait(): Promise<unknown> }).wait();
  const { listingId, uploadId } = sold;

  const first = await buy(listingId);
  const grant = await grantOf(first.orderId);
  const { url } = await get<{ url: string }>("buyer", "refreshLink", { grantId: grant.id }, "url");
  const sent = (await opened(url, "buyer")).toString();
  assert.ok(sent.includes("718-7") && !sent.includes("Meier"));
  await take("buyer", "acknowledgeDelivery", { orderId: first.orderId });
  assert.equal((await get<{ status: string }>(null, "order", { id: first.orderId }, "status")).status, "SETTLED");
  await take("provider", "withdrawFunds");

  const second = await buy(listingId);
  await grantOf(second.orderId);
  const queue = "subscription($after: String) { disputeQueue(after: $after) { kind orderId cause cursor order { status } } }";
  const live = await LiveClient.open(t.url, tokens.auditor);
  live.subscribe("disputes", queue);
  await take("buyer", "openDispute", { orderId: second.orderId, claim: "NOTHING_OPENS" });
  for (const person of ["auditor", "second"] as const) await take(person, "resolveDispute", { orderId: second.orderId, forBuyer: true });
  interface Change {
    disputeQueue: { kind: string; orderId: string; cause: string | null; cursor: string };
  }
  const told = (await live.data<Change>("disputes", 5)).map(({ disputeQueue }) => disputeQueue);
  assert.deepEqual(told.map(({ kind, cause }) => `${kind} ${cause}`), ["ADDED Disputed", "UPDATED DisputeVoted", "UPDATED DisputeVoted", "UPDATED DisputeResolved", "REMOVED Refunded"]);
  assert.ok(told.every(({ orderId }) => orderId === second.orderId));
  live.subscribe("resumed", queue, { after: told[0]!.cursor });
  const rest = (await live.data<Change>("resumed", 4)).map(({ disputeQueue }) => disputeQueue);
  assert.deepEqual(rest.map(({ kind, cause, cursor }) => [kind, cause, cursor]), told.slice(1).map(({ kind, cause, cursor }) => [kind, cause, cursor]));
  live.ws.terminate();
  assert.equal((await get<{ status: string }>(null, "order", { id: second.orderId }, "status")).status, "REFUNDED");

  const granted = await get<{ orderId: string; transaction: { to: string; data: string } }>("provider", "grantAccess", { listingId, grantee: wallets.buyer.address, purpose: "GENERAL_RESEARCH" }, "orderId transaction { to data }");
  await send("provider", granted.transaction);
  await grantOf(granted.orderId);
  await take("buyer", "settle", { orderId: granted.orderId });

  const own = await get<{ id: string }>("provider", "downloadOwn", { listingId }, "id");
  await until("the provider's own key", async () => (await get<{ status: string }>("provider", "accessGrant", { id: own.id }, "status")).status === "READY");
  const [receipt] = await get<string[]>("provider", "issueReceipts", { uploadId, count: 2 });
  await until("the patient sees who read", async () => (await get<{ totalCount: number }>(null, "recordAccess", { receipt }, "totalCount")).totalCount > 0);
  assert.equal(code(await ask(null, "recordAccess", { receipt: `grr_${"x".repeat(43)}` }, "totalCount")), "NOT_FOUND");
});

test("notes, as text and as PDF, are refused unless the provider asks for them; then report, approval, trade and delivery go as ever", async () => {
  const { text: note, pdf: letter, secrets } = noteSample;
  interface Told { id: string; status: string; format: string; dataKind: string; deidentifiedSha256: string; report: { warnings: string[]; rules: { rule: string; count: number }[] }; error: { code: string; message: string } | null }
  const told = (id: string, ended: (found: Told) => boolean): Promise<Told> =>
    until("the upload to be looked at", async () => { const found = await get<Told>("provider", "upload", { id }, "id status format dataKind deidentifiedSha256 report error { code message }"); return ended(found) && found; }, 60_000);

  const unasked = await Promise.all([note, letter].map((bytes) => upload(bytes, false)));
  for (const id of unasked) {
    const { status, error } = await told(id, (found) => found.error !== null);
    assert.deepEqual([status, error?.code], ["REFUSED", "DEIDENTIFICATION_REFUSED"]);
    assert.match(error?.message ?? "", /notes: true/);
    assert.deepEqual(await t.api.deps.objects.list(`staging/${id}/`), [], "nothing is kept of it");
  }

  const [plain, paged] = [await upload(note, true, true), await upload(letter, true, true)] as const;
  const listings: string[] = [];
  for (const id of [plain, paged]) {
    const { report, format, dataKind, deidentifiedSha256 } = await told(id, ({ status, error }) => { assert.equal(error, null); return status === "CHECKED"; });
    assert.deepEqual([format, dataKind], id === plain ? ["NOTE", "NOTE"] : ["ARCHIVE", "NOTE"]);
    assert.ok(report.warnings.some((warning) => /overlook/.test(warning)), JSON.stringify(report.warnings));
    assert.ok(report.rules.some(({ rule, count }) => rule === "note.name" && count >= 5), JSON.stringify(report.rules));
    assert.ok(secrets.every((secret) => !JSON.stringify(report).includes(secret)), "the report has no values");
    await get("provider", "approveDeidentification", { id, sha256: deidentifiedSha256 }, "status");
    listings.push(await publish(id));
  }
  const [listingId = "", pages = ""] = listings;
  for (const person of ["auditor", "second"] as const) await take(person, "auditDecision", { listingId, approve: true, token: (await claim(person, listingId)).token });
  const bought = (await opened((await grantOf((await buy(listingId)).orderId)).link.url, "buyer")).toString();
  const { id: grantId } = await get<{ id: string }>("provider", "downloadOwn", { listingId: pages }, "id");
  const { link } = await until("the own key", async () => { const grant = await get<{ status: string; link: { url: string } | null }>("provider", "accessGrant", { id: grantId }, "status link { url }"); return grant.status === "READY" && grant; });
  for (const text of [bought, (await opened(link?.url ?? "", "provider")).toString("latin1")]) {
    assert.match(text, /Parkinson.{1,3}s disease[^]*Blood pressure was 142\/80\. Carbidopa-levodopa/, "what is medical stays");
    assert.deepEqual(secrets.filter((secret) => text.includes(secret)), []);
    const [, first, second] = /Seen on (\S+) by [^]*return on (\S+)\./.exec(text) ?? [];
    assert.equal((Date.parse(second ?? "") - Date.parse(first ?? "")) / 864e5, 14, "and so do intervals");
  }
});

test("a rejected record is submitted again under a new id that names the old one", async () => {
  const uploadId = await upload(table(70), false);
  const listingId = await publish(uploadId);
  for (const person of ["auditor", "second"] as const) await take(person, "auditDecision", { listingId, approve: false, reason: 7, token: (await claim(person, listingId)).token });
  assert.equal((await get<{ status: string }>(null, "listing", { id: listingId }, "status")).status, "REJECTED");
  await get("provider", "resubmit", { listingId }, "status");
  const again = await publish(uploadId);
  assert.notEqual(again, listingId);
  assert.equal((await get<{ previousId: string }>(null, "listing", { id: again }, "previousId")).previousId, listingId);
  for (const person of ["auditor", "second"] as const) await take(person, "auditDecision", { listingId: again, approve: true, token: (await claim(person, again)).token });
  rejected = { uploadId, listingId: again };
});

test("a patient withdraws: what is paid later is refunded, nothing is prepared; the record is erased, and a certificate says so", async () => {
  const { uploadId, listingId } = rejected;
  const [receipt] = await get<string[]>("provider", "issueReceipts", { uploadId, count: 1 });
  const late = await buy(listingId, true);
  const offered = async (): Promise<[string, boolean, number]> => {
    const { status, tradable } = await get<{ status: string; tradable: boolean }>(null, "listing", { id: listingId }, "status tradable");
    return [status, tradable, (await get<{ totalCount: number }>(null, "listings", { where: { id: { eq: listingId }, tradable: true } }, "totalCount")).totalCount];
  };
  assert.deepEqual(await offered(), ["APPROVED", true, 1]);
  await get(null, "withdrawPatient", { receipt }, "withdrawnAt listing { id }");
  assert.deepEqual(await offered(), ["APPROVED", false, 0], "the chain still says APPROVED");
  // The provider knows who holds which receipt, and makes the set anew without the patient.
  const file = Buffer.from(table(70)).toString().replace("patient name", "patient id");
  const source = async function* (): AsyncGenerator<Uint8Array> { yield Buffer.from(file); };
  const patient = file.split("\n")[1]?.split(",")[0] ?? "";
  const { output, patients } = await leaveOutPatients(clientOf("provider"), source, { uploadId, handedOut: [{ receipt: receipt ?? "", patient }] });
  const parts: Uint8Array[] = [];
  for await (const part of output) parts.push(part);
  const renewed = Buffer.concat(parts).toString();
  assert.deepEqual([patients, renewed.split("\n").some((line) => line.startsWith(`${patient},`))], [1, false]);
  await uploadAt(await upload(Buffer.from(renewed), false), "STORED");
  assert.equal(code(await ask("provider", "grantAccess", { listingId, grantee: wallets.buyer.address, purpose: "GENERAL_RESEARCH" }, "orderId")), "NOT_TRADABLE");
  assert.equal(code(await ask("buyer", "preparePurchase", { input: { items: [{ listingId, purpose: "GENERAL_RESEARCH" }] } }, "to")), "NOT_TRADABLE");
  await new Promise((resolve) => setTimeout(resolve, 1_500)); // the chain's time is in whole seconds
  await late.send();
  await t.provider.send("evm_increaseTime", [3_700]);
  await t.provider.send("evm_mine", []);
  await t.untilIndexed();
  const refund = await ask("buyer", "refund", { orderId: late.orderId }, "to data");
  if (refund.errors.length === 0) await send("buyer", refund.data?.["refund"] as unknown as { to: string; data: string }).catch(() => undefined); // or the keeper was faster
  await until("the refund", async () => (await get<{ status: string }>(null, "order", { id: late.orderId }, "status")).status === "REFUNDED", 60_000);

  const { delist } = await get<{ delist: { to: string; data: string } }>("provider", "eraseRecord", { uploadId }, "delist { to data }");
  await send("provider", delist);
  await until("the certificate", async () => (await get<{ erasureCertificate: { body: { recordId: string } } | null }>("provider", "upload", { id: uploadId }, "erasureCertificate")).erasureCertificate?.body.recordId === uploadId);
  await until("the consent is erased with the record", async () => code(await ask("provider", "requestEvidence", { listingId }, "id")) === "KEY_UNAVAILABLE");
  await take("provider", "delist", { listingId: sold.listingId });
});

test("operators see the queues, take up what was given up, and pause the market", async () => {
  const health = await get<{ ok: boolean; checks: { name: string; ok: boolean }[] }>("operator", "health", {}, "ok checks { name ok detail } openTransactions");
  assert.deepEqual(health.checks.map(({ name }) => name), ["database", "redis", "chain", "objects", "index"]);
  const grantId = ((await t.database.query(
    `insert into app.access_grant (kind, subject, listing_id, record_id, account, recipient_commitment, status, error_code) values ('AUDIT', $1, $1, $2, $3, $3, 'FAILED', 'INTERNAL') returning id`,
    [hexlify(randomBytes(32)), sold.uploadId, wallets.stranger.address.toLowerCase()],
  )) as { id: string }[])[0]!.id;
  await t.database.query("insert into app.dead_letter (queue, job_key, error_code, error_message, attempts) values ('deliver', $1, 'INTERNAL', 'x', 5)", [`deliver-${grantId}`]);
  const { queues, deadLetters } = await get<{ queues: { name: string }[]; deadLetters: { id: string; jobKey: string }[] }>("operator", "jobs", {}, "queues { name waiting active delayed } deadLetters { id jobKey errorCode }");
  assert.ok(queues.some(({ name }) => name === "deliver"));
  const letter = deadLetters.find(({ jobKey }) => jobKey === `deliver-${grantId}`)!;
  await get("operator", "retryJob", { id: letter.id });
  assert.equal(code(await ask("operator", "retryJob", { id: letter.id })), "CONFLICT");
  await take("operator", "pause");
  assert.equal(code(await ask("operator", "pause", {}, "to")), "CONFLICT");
  await take("operator", "resume");
  await get("stranger", "signOut");
});

test("all steps of the table were taken", () => {
  assert.deepEqual(Object.values(steps).flat().filter((name) => !taken.has(name)), []);
});
