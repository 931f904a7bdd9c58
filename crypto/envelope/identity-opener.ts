import type { Backend } from "../backend/backend.js";
import { parseIdentity } from "../identity.js";
import { defaultSuite } from "../suite-names.js";
import { malformed } from "./malformed.js";
import { unwrapMlkem768X25519 } from "./stanza-mlkem768x25519.js";
import { unwrapX25519 } from "./stanza-x25519.js";
import type { Opener } from "./stanza.js";

/** @param text - an age identity of either suite. Throws BAD_INPUT if it is none. */
export function identityOpener(backend: Backend, text: string): Opener {
  const { suite, secret } = parseIdentity(text);
  const unwrap = suite === defaultSuite ? unwrapMlkem768X25519 : unwrapX25519;
  return {
    unwrap(stanzas) {
      // A passphrase stanza is alone in its header, or the file is not a proper one, whoever reads it.
      if (stanzas.length > 1 && stanzas.some(({ args }) => args[0] === "scrypt")) throw malformed("a scrypt stanza is not alone");
      let found: Uint8Array | null = null;
      for (const stanza of stanzas) found ??= unwrap(backend, secret, stanza);
      return found;
    },
  };
}
