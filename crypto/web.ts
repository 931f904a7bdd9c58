import { webBackend } from "./backend/web.js";
import { bindCrypto } from "./bind.js";

/** The room for browsers. */
export const webCrypto = bindCrypto(webBackend);
