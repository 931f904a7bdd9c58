import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface VaultServer {
  address: string;
  mount: string;
  key: string;
  /** May use the key, and not administer it: the workers'. */
  token: string;
  /** May do both: an operator's. */
  adminToken: string;
  /** From now on no token but these is known. */
  tokens: Map<string, "use" | "administer">;
  /** Requests taken so far, as "POST encrypt". */
  asked: string[];
  /** What goes wrong from now on. */
  fault: { sealed: boolean; share: number };
  stop(): Promise<void>;
}

/** Answers as Vault's HTTP API does; thrown to end a request. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly errors: string[],
  ) {
    super(errors.join());
  }
}

interface Item {
  plaintext?: string;
  ciphertext?: string;
  associated_data?: string;
  key_version?: number;
}

/**
 * The part of HashiCorp Vault's transit engine that we use, as its API documentation has it: tokens and their policy, versions of an
 * aes256-gcm96 key, associated data, batches with an error an item, minimum versions, the sealed state. In memory, for tests alone.
 * @see https://developer.hashicorp.com/vault/api-docs/secret/transit
 */
export async function withVault({ namespace }: { namespace?: string } = {}): Promise<VaultServer> {
  const mount = "transit";
  const key = "galen";
  const versions: Buffer[] = [randomBytes(32)];
  let minDecryption = 1;
  let minEncryption = 0;
  const token = `hvs.${randomBytes(18).toString("base64url")}`;
  const adminToken = `hvs.${randomBytes(18).toString("base64url")}`;
  const tokens = new Map<string, "use" | "administer">([[token, "use"], [adminToken, "administer"]]);
  const fault = { sealed: false, share: 0 };
  const asked: string[] = [];

  const encrypt = ({ plaintext, associated_data: associated, key_version: version = versions.length }: Item): object => {
    if (plaintext === undefined) throw new Refusal(400, ["missing plaintext to encrypt"]);
    if (version > versions.length) throw new Refusal(400, ["requested version for encryption is higher than the latest key version"]);
    if (version < minEncryption) throw new Refusal(400, ["requested version for encryption is less than the minimum encryption key version"]);
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", versions[version - 1]!, nonce);
    if (associated !== undefined) cipher.setAAD(Buffer.from(associated, "base64"));
    const sealed = Buffer.concat([nonce, cipher.update(Buffer.from(plaintext, "base64")), cipher.final(), cipher.getAuthTag()]);
    return { ciphertext: `vault:v${version}:${sealed.toString("base64")}`, key_version: version };
  };
  const decrypt = ({ ciphertext, associated_data: associated }: Item): object => {
    const [, number, text] = /^vault:v(\d+):(.+)$/.exec(ciphertext ?? "") ?? [];
    if (number === undefined || text === undefined) throw new Refusal(400, ["invalid ciphertext: no prefix"]);
    const version = Number(number);
    if (version < minDecryption) throw new Refusal(400, ["ciphertext or signature version is disallowed by policy (too old)"]);
    const secret = versions[version - 1];
    if (!secret) throw new Refusal(400, ["invalid ciphertext: version is too new"]);
    const bytes = Buffer.from(text, "base64");
    try {
      const decipher = createDecipheriv("aes-256-gcm", secret, bytes.subarray(0, 12));
      if (associated !== undefined) decipher.setAAD(Buffer.from(associated, "base64"));
      decipher.setAuthTag(bytes.subarray(-16));
      return { plaintext: Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString("base64") };
    } catch {
      throw new Refusal(400, ["cipher: message authentication failed"]);
    }
  };

  const answer = async (request: IncomingMessage): Promise<{ status: number; data?: object }> => {
    const path = (request.url ?? "").replace(/^\/v1\//, "").split("/");
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    asked.push(`${request.method ?? ""} ${path[1] ?? ""}`);
    if (fault.sealed) throw new Refusal(503, ["Vault is sealed"]);
    if (Math.random() < fault.share) throw new Refusal(500, ["internal error"]);
    const policy = tokens.get(String(request.headers["x-vault-token"]));
    if (policy === undefined || request.headers["x-vault-namespace"] !== namespace) throw new Refusal(403, ["permission denied"]);
    if (path[0] !== mount) throw new Refusal(404, [`no handler for route "${path.join("/")}"`]);
    const body = (chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString())) as Item & { batch_input?: Item[]; min_decryption_version?: number; min_encryption_version?: number };
    const [, operation, name, change] = path;
    const administers = operation === "keys" && change !== undefined;
    if (administers && policy !== "administer") throw new Refusal(403, ["1 error occurred:\n\t* permission denied\n\n"]);
    if (name !== key) throw operation === "keys" ? new Refusal(404, []) : new Refusal(400, ["encryption key not found"]);
    if (operation === "encrypt" || operation === "decrypt") {
      const one = operation === "encrypt" ? encrypt : decrypt;
      if (body.batch_input === undefined) return { status: 200, data: one(body) };
      const results = body.batch_input.map((item) => {
        try {
          return one(item);
        } catch (error) {
          return { error: (error as Refusal).errors.join() };
        }
      });
      // Vault's way: one item that fails makes the whole answer 400, with every result in it.
      return { status: results.some((result) => "error" in result) ? 400 : 200, data: { batch_results: results } };
    }
    if (operation !== "keys") throw new Refusal(404, [`no handler for route "${path.join("/")}"`]);
    if (change === "rotate") versions.push(randomBytes(32));
    if (change === "config") {
      const least = body.min_decryption_version ?? minDecryption;
      if (least > versions.length) throw new Refusal(400, [`cannot set min decryption version of ${least}, latest key version is ${versions.length}`]);
      minDecryption = least;
      minEncryption = body.min_encryption_version ?? minEncryption;
    }
    const keys = Object.fromEntries(versions.map((_unused, index) => [String(index + 1), 1_700_000_000]));
    return { status: 200, data: { name, type: "aes256-gcm96", derived: false, exportable: false, keys, latest_version: versions.length, min_decryption_version: minDecryption, min_encryption_version: minEncryption } };
  };

  const server = createServer((request, response) => {
    void answer(request).then(
      ({ status, data }) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ request_id: "r", lease_id: "", renewable: false, lease_duration: 0, data, wrap_info: null, warnings: null, auth: null })),
      (error: unknown) => {
        const { status, errors } = error instanceof Refusal ? error : new Refusal(400, ["failed to parse JSON input"]);
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ errors }));
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mount, key, token, adminToken, tokens, asked, fault,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
