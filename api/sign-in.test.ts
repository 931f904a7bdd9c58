import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Wallet } from "ethers";
import { SiweMessage } from "siwe";
import { withApi, type TestApi } from "../test/support/with-api.js";

let t: TestApi;
before(async () => {
  t = await withApi();
});
after(() => t.stop());

const wallet = Wallet.createRandom();
const signInText = "mutation($message: String!, $signature: String!) { signIn(message: $message, signature: $signature) { accessToken refreshToken expiresAt account } }";

interface Session {
  accessToken: string;
  refreshToken: string;
  account: string;
}

async function challenge(): Promise<{ message: string; nonce: string }> {
  const { data } = await t.ask("mutation($account: ID!) { signInChallenge(account: $account) { message nonce expiresAt } }", { account: wallet.address });
  return (data as unknown as { signInChallenge: { message: string; nonce: string } }).signInChallenge;
}
const code = (answer: { errors: { extensions: { code: string } }[] }): string | undefined => answer.errors[0]?.extensions.code;
const me = (token: string): ReturnType<TestApi["ask"]> => t.ask("{ me { account } }", {}, token);

test("a signed challenge opens a session; the challenge works once", async () => {
  const { message } = await challenge();
  const signature = await wallet.signMessage(message);
  const first = await t.ask(signInText, { message, signature });
  assert.deepEqual(first.errors, []);
  const { signIn } = first.data as unknown as { signIn: Session };
  assert.equal(signIn.account, wallet.address.toLowerCase());
  assert.deepEqual((await me(signIn.accessToken)).data, { me: { account: wallet.address.toLowerCase() } });
  assert.equal(code(await t.ask(signInText, { message, signature })), "NONCE_EXPIRED");
});

test("a signature of another account, a malformed one, and one over a changed message are refused", async () => {
  const { message } = await challenge();
  assert.equal(code(await t.ask(signInText, { message, signature: await Wallet.createRandom().signMessage(message) })), "SIGN_IN_INVALID");
  for (const signature of ["", "0x", "0x1234", `0x${"ff".repeat(65)}`, "hello"]) assert.equal(code(await t.ask(signInText, { message, signature })), "SIGN_IN_INVALID");
  const signature = await wallet.signMessage(message);
  assert.equal(code(await t.ask(signInText, { message: message.replace("costs nothing", "costs all"), signature })), "SIGN_IN_INVALID");
  assert.equal(code(await t.ask(signInText, { message: "hello", signature })), "SIGN_IN_INVALID");
  // None of these used the challenge up.
  assert.equal(code(await t.ask(signInText, { message, signature })), undefined);
});

test("a message for another site or chain is refused, however well it is signed", async () => {
  const { message, nonce } = await challenge();
  const own = new SiweMessage(message);
  const base = { address: own.address, uri: own.uri, version: own.version, chainId: own.chainId, domain: own.domain, nonce };
  for (const change of [{ domain: "evil.example" }, { uri: "https://evil.example" }, { chainId: 1 }]) {
    const forged = new SiweMessage({ ...base, ...change }).prepareMessage();
    assert.equal(code(await t.ask(signInText, { message: forged, signature: await wallet.signMessage(forged) })), "SIGN_IN_INVALID");
  }
});

test("an expired nonce is refused, and so is one that was never issued", async () => {
  const { message, nonce } = await challenge();
  await t.database.query("update app.sign_in_nonce set expires_at = now() - interval '1 second' where nonce = $1", [nonce]);
  assert.equal(code(await t.ask(signInText, { message, signature: await wallet.signMessage(message) })), "NONCE_EXPIRED");
  const invented = message.replace(nonce, "0123456789abcdef0");
  assert.equal(code(await t.ask(signInText, { message: invented, signature: await wallet.signMessage(invented) })), "NONCE_EXPIRED");
  const own = new SiweMessage(message);
  const past = new SiweMessage({ address: own.address, uri: own.uri, version: own.version, chainId: own.chainId, domain: own.domain, nonce, expirationTime: new Date(Date.now() - 1000).toISOString() }).prepareMessage();
  assert.equal(code(await t.ask(signInText, { message: past, signature: await wallet.signMessage(past) })), "NONCE_EXPIRED");
});

test("a refresh token works once; signing out ends both tokens; tokens stand in the database as hashes alone", async () => {
  const { message } = await challenge();
  const opened = (await t.ask(signInText, { message, signature: await wallet.signMessage(message) })).data as unknown as { signIn: Session };
  const refreshText = "mutation($refreshToken: String!) { refreshSession(refreshToken: $refreshToken) { accessToken refreshToken account } }";
  const refreshed = (await t.ask(refreshText, { refreshToken: opened.signIn.refreshToken })).data as unknown as { refreshSession: Session };
  assert.equal(code(await t.ask(refreshText, { refreshToken: opened.signIn.refreshToken })), "UNAUTHENTICATED");
  const old = await me(opened.signIn.accessToken);
  assert.equal(old.status, 401);
  assert.equal(code(old), "UNAUTHENTICATED");
  const { accessToken, refreshToken } = refreshed.refreshSession;
  const rows = JSON.stringify(await t.database.query("select token_hash::text, refresh_hash::text from app.session"));
  for (const token of [accessToken, refreshToken]) assert.ok(!rows.includes(token) && !rows.includes(Buffer.from(token).toString("hex")));
  assert.deepEqual((await t.ask("mutation { signOut }", {}, accessToken)).data, { signOut: true });
  assert.equal(code(await me(accessToken)), "UNAUTHENTICATED");
  assert.equal(code(await t.ask(refreshText, { refreshToken })), "UNAUTHENTICATED");
});

test("an expired access token and a malformed one are refused, never taken for nobody", async () => {
  const token = await t.signIn(wallet);
  await t.database.query("update app.session set expires_at = now() - interval '1 second'");
  assert.equal(code(await me(token)), "UNAUTHENTICATED");
  assert.equal(code(await me("nonsense")), "UNAUTHENTICATED");
  assert.deepEqual((await t.ask("{ me { account } }")).data, { me: null });
});
