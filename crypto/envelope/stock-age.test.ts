import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { Decrypter, Encrypter } from "age-encryption";
import { nodeBackend as backend } from "../backend/node.js";
import { concat } from "../bytes.js";
import { generateIdentity } from "../identity.js";
import { classicSuite, defaultSuite, type Suite } from "../suite-names.js";
import { decryptFile } from "./decrypt-file.js";
import { newFileKey } from "./encrypt-stream.js";
import { makeHeader } from "./make-header.js";
import { readAll, sealAll } from "./test-helpers.js";

/** A program that opens and makes age files: stock age where it is installed and knows the suite, else typage as the oracle. */
interface Peer {
  readonly name: string;
  decrypt(file: Uint8Array, identity: string): Promise<Uint8Array>;
  encrypt(plain: Uint8Array, recipient: string): Promise<Uint8Array>;
}

const version = spawnSync("age", ["--version"], { encoding: "utf8" }).stdout?.match(/(\d+)\.(\d+)/) ?? null;
const installed = version !== null;
const [major = 0, minor = 0] = (version ?? []).slice(1).map(Number);
const plugin = spawnSync("age-plugin-pq", ["--version"]).error === undefined;
/** Since 1.3 age knows mlkem768x25519 itself. */
const knows = (suite: Suite): boolean => installed && (suite === classicSuite || major > 1 || minor >= 3);

function stockAge(folder: string): Peer {
  const run = async (args: readonly string[]) => (await promisify(execFile)("age", [...args], { encoding: "buffer", maxBuffer: 2 ** 24 })).stdout;
  const path = (name: string) => join(folder, name);
  return {
    name: `age ${major}.${minor}`,
    async decrypt(file, identity) {
      await writeFile(path("key"), `${identity}\n`, { mode: 0o600 });
      await writeFile(path("file.age"), file);
      // To standard output: for an empty plain text age makes no file.
      return run(["-d", "-i", path("key"), path("file.age")]);
    },
    async encrypt(plain, recipient) {
      await writeFile(path("plain-in"), plain);
      return run(["-r", recipient, path("plain-in")]);
    },
  };
}

const typage: Peer = {
  name: "typage",
  async decrypt(file, identity) {
    const oracle = new Decrypter();
    oracle.addIdentity(identity);
    return oracle.decrypt(file);
  },
  async encrypt(plain, recipient) {
    const oracle = new Encrypter();
    oracle.addRecipient(recipient);
    return oracle.encrypt(plain);
  },
};

describe("interoperation with the stock tool", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "galen-age-"));
  });
  after(() => rm(folder, { recursive: true }));

  for (const suite of [classicSuite, defaultSuite]) {
    const name = knows(suite) ? `age ${major}.${minor}` : `typage (age is ${installed ? `${major}.${minor}${plugin ? " with age-plugin-pq" : ""}` : "not installed"})`;
    it(`${suite} both ways with ${name}`, async () => {
      const peer = knows(suite) ? stockAge(folder) : typage;
      const { identity, recipient } = generateIdentity(backend, suite);
      for (const length of [0, 1, 65536, 65537, 300_000]) {
        const plain = backend.randomBytes(length);
        const fileKey = newFileKey(backend);
        const { stored } = await sealAll(backend, plain, fileKey);
        const delivery = concat(makeHeader(backend, fileKey, [recipient]), stored);
        assert.deepEqual(Buffer.from(await peer.decrypt(delivery, identity)), Buffer.from(plain));
        const theirs = await peer.encrypt(plain, recipient);
        assert.deepEqual(Buffer.from(await readAll(decryptFile(backend, [theirs], { identities: [identity] }))), Buffer.from(plain));
        await assert.rejects(peer.decrypt(delivery, generateIdentity(backend, suite).identity));
        if (length > 0) await assert.rejects(peer.decrypt(delivery.slice(0, -1), identity));
      }
    });
  }

  if (plugin && !knows(defaultSuite)) {
    it("post-quantum with age-plugin-pq", async () => {
      const { identity, recipient } = generateIdentity(backend);
      const plain = backend.randomBytes(100_000);
      const fileKey = newFileKey(backend);
      const { stored } = await sealAll(backend, plain, fileKey);
      // Before 1.3, age reaches the plugin through an identity of the plugin's own kind, which the plugin makes from ours.
      const converted = spawnSync("age-plugin-pq", ["-identity"], { input: `${identity}\n`, encoding: "utf8" }).stdout.trim();
      const file = concat(makeHeader(backend, fileKey, [recipient]), stored);
      assert.deepEqual(Buffer.from(await stockAge(folder).decrypt(file, converted)), Buffer.from(plain));
    });
  }
});
