import { nodeBackend } from "./backend/node.js";
import { bindCrypto } from "./bind.js";

/** The room on OpenSSL. */
export const nodeCrypto = bindCrypto(nodeBackend);
