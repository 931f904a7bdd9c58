import { openKeyring } from "../crypto/custody/keyring-node.js";

/** Makes the platform's keyring of a local stack, if it is not there. In production an operator makes it before the first start. */
export async function prepareKeyring(path: string): Promise<void> {
  await openKeyring(path);
}
