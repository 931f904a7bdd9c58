import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { encodeRlp, keccak256, SigningKey, toBeHex, Wallet, type RlpStructuredDataish } from "ethers";
import { AppError } from "../../schema/errors.js";
import type { BlockHeader } from "../../schema/block-header.js";
import { Role } from "../../schema/market.js";
import type { ListingTerms } from "../../schema/listing-terms.js";
import { withApi, type TestApi } from "../../test/support/with-api.js";
import { hashHeader } from "./hash-header.js";
import { verifyBlock } from "./verify-block.js";
import { verifyListing, type ListingProof } from "./verify-listing.js";
import { verifyTrie } from "./verify-trie.js";

let t: TestApi;
const provider = Wallet.createRandom();
let listingId: string;
let terms: ListingTerms;
let listedIn: number;

before(async () => {
  t = await withApi();
  await t.accredit(provider, Role.PROVIDER);
  for (let other = 0; other < 12; other++) await t.list(provider);
  ({ listingId, terms } = await t.list(provider, { price: 7_000_000n, purposes: 5 }));
  const [row] = (await t.database.query("select listed_block from listing where id = $1", [listingId])) as { listed_block: number }[];
  listedIn = row!.listed_block;
  await t.send(provider, "reprice", [terms, 6_000_000n]);
});
after(() => t.stop());

const refused = (run: () => unknown): void => assert.throws(run, (error) => error instanceof AppError && error.code === "PROOF_INVALID");

async function fetchProof(at?: number, id = listingId): Promise<ListingProof> {
  const answer = await t.ask("query($id: ID!, $at: AsOf) { listing(id: $id, at: $at) { proof { address accountProof storageProof block { hash header } } } }", { id, ...(at === undefined ? {} : { at: { block: at } }) });
  assert.deepEqual(answer.errors, []);
  const { proof } = (answer.data as unknown as { listing: { proof: { address: string; accountProof: string[]; storageProof: string[]; block: { header: BlockHeader } } } }).listing;
  const { address, accountProof, storageProof, block } = proof;
  return { address, accountProof, storageProof, header: block.header };
}
const marketplace = (): string => t.api.deps.market.deployment.marketplace;

test("a proof shows a listing as the contract has it, now and at the block of its listing", async () => {
  const now = verifyListing(listingId, await fetchProof(), { marketplace: marketplace() }, terms);
  assert.deepEqual([now.status, now.price, now.purposes], ["PENDING", 6_000_000n, 5n]);
  const proof = await fetchProof(listedIn);
  const then = verifyListing(listingId, proof, { marketplace: marketplace(), hash: proof.header.hash });
  assert.deepEqual([then.price, then.block.number], [7_000_000n, listedIn]);
  const block = (await t.provider.getBlock(listedIn))!;
  assert.deepEqual([then.block.hash, then.block.time.getTime()], [block.hash, block.timestamp * 1000]);
  const none = keccak256("0x01");
  assert.equal(verifyListing(none, { ...proof, ...(await absence(none)) }, { marketplace: marketplace() }).status, "NONE", "a listing that there is not is shown not to be");
});

/** The node's proof that there is no such listing. */
async function absence(id: string): Promise<Pick<ListingProof, "storageProof">> {
  const { listingStorageKey } = await import("../../schema/listing-storage.js");
  const { storageProof } = (await t.provider.send("eth_getProof", [marketplace(), [listingStorageKey(id)], toBeHex(listedIn).replace(/^0x0+/, "0x")])) as { storageProof: { proof: string[] }[] };
  return { storageProof: storageProof[0]!.proof };
}

test("whatever is changed in a proof, it is refused", async () => {
  const proof = await fetchProof();
  const trusted = { marketplace: marketplace() };
  const flip = (hex: string, at: number): string => `${hex.slice(0, at)}${hex[at] === "0" ? "1" : "0"}${hex.slice(at + 1)}`;
  for (const part of ["accountProof", "storageProof"] as const) {
    for (let node = 0; node < proof[part].length; node++) {
      for (const place of [2, 10, proof[part][node]!.length - 1]) refused(() => verifyListing(listingId, { ...proof, [part]: proof[part].with(node, flip(proof[part][node]!, place)) }, trusted));
    }
    refused(() => verifyListing(listingId, { ...proof, [part]: proof[part].slice(0, -1) }, trusted));
    refused(() => verifyListing(listingId, { ...proof, [part]: [...proof[part], proof[part][0]!] }, trusted));
    refused(() => verifyListing(listingId, { ...proof, [part]: [] }, trusted));
  }
  for (const [name, value] of Object.entries(proof.header)) refused(() => verifyListing(listingId, { ...proof, header: { ...proof.header, [name]: flip(value as string, (value as string).length - 1) } }, trusted));
  refused(() => verifyListing(listingId, proof, { marketplace: provider.address }));
  refused(() => verifyListing(listingId, proof, { ...trusted, hash: keccak256("0x") }));
  refused(() => verifyListing(listingId, proof, trusted, { ...terms, region: 1 }));
  refused(() => verifyListing(listingId, { ...proof, header: {} as BlockHeader }, trusted));
  // The proof of one block does not serve for another's header.
  refused(() => verifyListing(listingId, { ...proof, header: { ...proof.header, stateRoot: keccak256("0x02") } }, trusted));
  refused(() => verifyListing(keccak256("0x05"), proof, trusted));
});

test("the certificate of a block tells its time; an unknown block has none", async () => {
  const text = "query($number: Int, $hash: ID) { blockCertificate(number: $number, hash: $hash) { number hash time header } }";
  const ask = async (variables: object): Promise<{ header: BlockHeader; time: string } | null> => ((await t.ask(text, variables)).data as unknown as { blockCertificate: { header: BlockHeader; time: string } | null }).blockCertificate;
  const certificate = (await ask({ number: listedIn }))!;
  assert.deepEqual(verifyBlock(certificate.header), { number: listedIn, hash: certificate.header.hash, time: new Date(certificate.time), seal: { kind: "NONE", signers: [] } });
  assert.deepEqual(await ask({ hash: certificate.header.hash }), certificate);
  assert.equal(await ask({ number: 2_000_000_000 }), null);
  assert.equal((await t.ask(text, {})).errors[0]?.extensions.code, "BAD_INPUT");
  const { data } = await t.ask("query($id: ID!) { listing(id: $id) { blockCertificate { number } } }", { id: listingId });
  assert.deepEqual(data, { listing: { blockCertificate: { number: listedIn } } });
});

const keys = [1, 2, 3, 4].map((n) => new SigningKey(toBeHex(n, 32)));
const addresses = keys.map((key) => new Wallet(key).address.toLowerCase());
const header = async (changes: Partial<BlockHeader>): Promise<BlockHeader> => ({ ...(await fetchProof()).header, ...changes });
const joined = (signature: { r: string; s: string; yParity: number }): string => `${signature.r}${signature.s.slice(2)}0${signature.yParity}`;

test("a Clique seal names its signer, and one of nobody known is refused", async () => {
  const unsealed = await header({ difficulty: "0x2", extraData: `0x${"00".repeat(32)}` });
  const extraData = `${unsealed.extraData}${joined(keys[0]!.sign(hashHeader(unsealed))).slice(2)}`;
  const sealed = { ...unsealed, extraData, hash: hashHeader({ ...unsealed, extraData }) };
  assert.deepEqual(verifyBlock(sealed, { signers: addresses }).seal, { kind: "CLIQUE", signers: [addresses[0]] });
  refused(() => verifyBlock(sealed, { signers: [addresses[1]!] }));
  refused(() => verifyBlock({ ...sealed, timestamp: "0x1" }, { signers: addresses }));
});

test("QBFT seals name the validators, and two thirds of those known must have sealed", async () => {
  const extra = (round: string, seals: string[]): string => encodeRlp([`0x${"00".repeat(32)}`, addresses, [], round, seals] as RlpStructuredDataish[]);
  const bare = await header({ difficulty: "0x1", extraData: extra("0x03", []) });
  const seals = keys.slice(0, 3).map((key) => joined(key.sign(hashHeader(bare))));
  const sealed = { ...bare, extraData: extra("0x03", seals), hash: hashHeader(bare, extra("0x", [])) };
  assert.deepEqual(verifyBlock(sealed, { signers: addresses }).seal, { kind: "QBFT", signers: addresses.slice(0, 3) });
  refused(() => verifyBlock({ ...sealed, extraData: extra("0x03", seals.slice(0, 2)) }, { signers: addresses }));
  refused(() => verifyBlock({ ...sealed, extraData: extra("0x03", [seals[0]!, seals[0]!, seals[0]!]) }, { signers: addresses }));
});

test("small and empty tries: a node within its parent, and nothing at all", () => {
  const empty = keccak256("0x80");
  assert.equal(verifyTrie(empty, keccak256("0x01"), []), null);
  refused(() => verifyTrie(keccak256("0x01"), keccak256("0x01"), []));
  // Two keys that differ in their first digit: leaves too small for a hash of their own would need short keys; a branch holds them by hash.
  const leaf = (key: string, value: string): RlpStructuredDataish => [`0x3${key.slice(3)}`, value];
  const [a, b] = [`0x1${"0".repeat(63)}`, `0x2${"0".repeat(63)}`];
  const encoded = [leaf(a, "0x0a"), leaf(b, "0x0b")].map((each) => encodeRlp(each));
  const branch = encodeRlp(["0x", keccak256(encoded[0]!), keccak256(encoded[1]!), ...Array<string>(14).fill("0x")]);
  assert.equal(verifyTrie(keccak256(branch), a, [branch, encoded[0]!]), "0x0a");
  assert.equal(verifyTrie(keccak256(branch), `0x3${"0".repeat(63)}`, [branch]), null);
  refused(() => verifyTrie(keccak256(branch), a, [branch, encoded[1]!]));
});

test("the command line checks a listing's proof, and refuses a block that is not the known one", async () => {
  const { Command } = await import("commander");
  const { addVerifyCommands } = await import("../../cli/user/verify-commands.js");
  const home = mkdtempSync(join(tmpdir(), "galen-verify-"));
  const run = async (...args: string[]): Promise<Record<string, unknown>> => {
    const program = new Command().exitOverride().option("--profile <folder>", "", home).option("--api <url>", "", t.url).option("--json", "", true);
    addVerifyCommands(program);
    const written: string[] = [];
    const output = process.stdout as { write: (this: unknown, text: string) => boolean };
    const { write } = output;
    output.write = (text) => written.push(text) > 0;
    try {
      await program.parseAsync(["verify", "listing", ...args], { from: "user" });
    } finally {
      output.write = write;
    }
    return JSON.parse(written.join("")) as Record<string, unknown>;
  };
  try {
    const { hash } = (await t.provider.getBlock(listedIn))!;
    const shown = await run(listingId, "--block", String(listedIn), "--block-hash", hash!, "--marketplace", marketplace());
    assert.deepEqual([shown["status"], shown["price"], shown["purposes"], shown["anchored"]], ["PENDING", "7000000", ["GENERAL_RESEARCH", "DISEASE_SPECIFIC"], true]);
    assert.equal((await run(listingId))["anchored"], false);
    await assert.rejects(run(listingId, "--block-hash", keccak256("0x")), (error) => error instanceof AppError && error.code === "PROOF_INVALID");
    await assert.rejects(run(listingId, "--marketplace", provider.address), (error) => error instanceof AppError && error.code === "PROOF_INVALID");
  } finally {
    rmSync(home, { recursive: true });
  }
});
