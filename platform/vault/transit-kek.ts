import { readFile } from "node:fs/promises";
import DataLoader from "dataloader";
import { z } from "zod";
import { AppError } from "../../schema/errors.js";

export interface TransitOptions {
  /** `https://vault.example:8200`. */
  address: string;
  /** Where the transit engine is mounted. */
  mount: string;
  /** Name of its key: type aes256-gcm96, not derived, not exportable. */
  key: string;
  /** File with the token: read for each request, for a Vault Agent replaces it as it renews. */
  tokenFile: string;
  /** Of Vault Enterprise. */
  namespace?: string | undefined;
  timeoutMs?: number;
}

/** The platform's key-encryption key in HashiCorp Vault's transit engine: it never leaves Vault, which logs each use. */
export interface TransitKek {
  readonly name: "vault-transit";
  currentVersion(): Promise<number>;
  /** @throws AppError KEY_STORE_UNAVAILABLE, CONFIG_INVALID (token, policy or key name) */
  seal(version: number, context: readonly string[], secret: Uint8Array): Promise<string>;
  /** @throws AppError KEY_UNAVAILABLE for a retired version, another context or a changed text */
  open(version: number, context: readonly string[], sealed: string): Promise<Uint8Array>;
  /** Adds a version. @returns its number. */
  addVersion(): Promise<number>;
  /** Vault opens nothing sealed under a lower version from now on. */
  retireBelow(version: number): Promise<void>;
}

/** How long a looked-up version is believed, in ms: a rotation reaches every process by then. */
const versionLivesMs = 2_000;
/** Vault takes 32 MiB a request by default; an item is below a kilobyte. */
const batchSize = 500;

const keyAnswer = z.object({ data: z.object({ type: z.literal("aes256-gcm96"), latest_version: z.number().int().positive() }) });
const batchAnswer = z.object({ data: z.object({ batch_results: z.array(z.object({ ciphertext: z.string().optional(), plaintext: z.string().optional(), error: z.string().optional() })) }) });
const failure = z.object({ errors: z.array(z.string()).optional() });

interface Item {
  readonly version: number;
  readonly context: readonly string[];
  /** Base64 of the secret, or Vault's ciphertext. */
  readonly text: string;
}
type Result = z.infer<typeof batchAnswer>["data"]["batch_results"][number];

/**
 * @see https://developer.hashicorp.com/vault/api-docs/secret/transit
 * What is sealed or opened in the same turn of the event loop travels in one request.
 */
export function transitKek({ address, mount, key, tokenFile, namespace, timeoutMs = 10_000 }: TransitOptions): TransitKek {
  const base = `${address.replace(/\/$/, "")}/v1/${mount}`;

  const ask = async (method: "GET" | "POST", path: string, body?: object): Promise<{ status: number; answer: unknown }> => {
    const token = await readFile(tokenFile, "utf8").catch((cause: unknown) => {
      throw new AppError("CONFIG_INVALID", `VAULT_TOKEN_FILE: cannot read ${tokenFile}.`, { cause });
    });
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${base}/${path}`, {
        method,
        headers: { "x-vault-token": token.trim(), "x-vault-request": "true", ...(namespace === undefined ? {} : { "x-vault-namespace": namespace }), ...(body === undefined ? {} : { "content-type": "application/json" }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: "error",
        signal: AbortSignal.timeout(timeoutMs),
      });
      text = await response.text();
    } catch (cause) {
      throw new AppError("KEY_STORE_UNAVAILABLE", `Cannot reach Vault at ${address}.`, { cause });
    }
    if (response.status === 403) throw new AppError("CONFIG_INVALID", `Vault refuses the token for ${mount}/${path}: it has ended, or its policy does not allow this.`);
    if (response.status === 404) throw new AppError("CONFIG_INVALID", `Vault has no key ${key} in ${mount}.`);
    // Sealed (503), standby (429, 472, 473), overloaded, or broken.
    if (response.status === 429 || response.status >= 470) throw new AppError("KEY_STORE_UNAVAILABLE", `Vault answers ${response.status}.`);
    try {
      return { status: response.status, answer: text === "" ? null : (JSON.parse(text) as unknown) };
    } catch (cause) {
      throw new AppError("KEY_STORE_UNAVAILABLE", "Vault's answer is not JSON: something else answers at its address.", { cause });
    }
  };
  const parsed = <Shape>(shape: z.ZodType<Shape>, answer: unknown, what: string): Shape => {
    const read = shape.safeParse(answer);
    if (read.success) return read.data;
    const said = failure.safeParse(answer).data?.errors?.join("; ");
    throw new AppError("CONFIG_INVALID", `Vault's ${what} is not what an aes256-gcm96 key gives${said === undefined ? "" : `: ${said}`}.`);
  };
  const batches = (operation: "encrypt" | "decrypt", item: (one: Item) => object): DataLoader<Item, Result> =>
    new DataLoader<Item, Result>(
      async (items) => {
        const { answer } = await ask("POST", `${operation}/${key}`, { batch_input: items.map(item) });
        const { batch_results: results } = parsed(batchAnswer, answer, "batch").data;
        if (results.length !== items.length) throw new AppError("KEY_STORE_UNAVAILABLE", "Vault answered another number of items than it was asked for.");
        return results;
      },
      { cache: false, maxBatchSize: batchSize },
    );
  // The version is authenticated, so that a seal cannot be passed off as another's.
  const associated = ({ version, context }: Item): string => Buffer.from(JSON.stringify(["galen/v1/kek", version, ...context])).toString("base64");
  const sealing = batches("encrypt", (one) => ({ plaintext: one.text, associated_data: associated(one), key_version: one.version }));
  const opening = batches("decrypt", (one) => ({ ciphertext: one.text, associated_data: associated(one) }));

  let known: { version: number; until: number } | undefined;
  const latest = async (): Promise<number> => {
    const { answer } = await ask("GET", `keys/${key}`);
    const version = parsed(keyAnswer, answer, "key").data.latest_version;
    known = { version, until: Date.now() + versionLivesMs };
    return version;
  };

  return {
    name: "vault-transit",
    currentVersion: async () => (known && Date.now() < known.until ? known.version : latest()),
    async seal(version, context, secret) {
      const { ciphertext, error } = await sealing.load({ version, context, text: Buffer.from(secret).toString("base64") });
      if (ciphertext?.startsWith(`vault:v${version}:`) !== true) throw new AppError("KEY_UNAVAILABLE", `Vault does not seal under version ${version}${error === undefined ? "" : `: ${error}`}.`);
      return ciphertext;
    },
    async open(version, context, sealed) {
      if (!sealed.startsWith(`vault:v${version}:`)) throw new AppError("KEY_UNAVAILABLE", "The wrapped key is not one that Vault sealed under its version.");
      const { plaintext, error } = await opening.load({ version, context, text: sealed });
      if (plaintext === undefined) throw new AppError("KEY_UNAVAILABLE", `Vault does not open the wrapped key${error === undefined ? "" : `: ${error}`}.`);
      return new Uint8Array(Buffer.from(plaintext, "base64"));
    },
    async addVersion() {
      await ask("POST", `keys/${key}/rotate`);
      return latest();
    },
    async retireBelow(version) {
      const { status, answer } = await ask("POST", `keys/${key}/config`, { min_decryption_version: version, min_encryption_version: version });
      if (status >= 400) throw new AppError("CONFLICT", `Vault does not retire versions below ${version}: ${failure.safeParse(answer).data?.errors?.join("; ") ?? status}.`);
    },
  };
}
