import assert from "node:assert/strict";
import { it } from "node:test";
import { toHex } from "../bytes.js";
import { encryptStream } from "./encrypt-stream.js";
import { backends, readAll } from "./test-helpers.js";

// Made with Python's hashlib, hmac and cryptography from docs/envelope.md alone. If this fails, the format has changed:
// what is stored and on chain would no longer be found to match.
for (const backend of backends) {
  it(`the format is the one that is on chain, ${backend.name}`, async () => {
    const options = { fileKey: Uint8Array.from({ length: 16 }, (_, i) => i), nonce: Uint8Array.from({ length: 16 }, (_, i) => 255 - i) };
    const plain = Uint8Array.from({ length: 200_000 }, (_, i) => (i * i + 7 * i) % 251);
    const { stored, commitments } = encryptStream(backend, [plain], options);
    assert.equal(toHex(backend.sha256(await readAll(stored))), "0xd4f063ae2c2640e3b43af7f02c32937668431f04249a4d2caa99f436f2ba71e4");
    assert.deepEqual(await commitments, {
      ciphertextRoot: "0x8d50f668a3884e9dd1a26da58060b58c742a29fd997764d9a4bf4c67fe210bea",
      plaintextRoot: "0x4d4dfb1aeaa46f6576094f98df23091ecce8612b0f83911c6578d779657965a4",
      keyCommitment: "0x6be52d25d17c99863ddb13eb18a4c89959ae67cd7d810847e2c897669d20b2d3",
      plainSize: 200_000,
      storedSize: 200_080,
    });
  });
}
