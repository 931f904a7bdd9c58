import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { computeAddress, SigningKey } from "ethers";
import { Role } from "../../schema/market.js";
import { qbftGenesis } from "./qbft-genesis.js";

/** Addresses of the nodes in compose's own network; docker-compose.yml has the same. */
const nodeAddresses = ["172.28.0.11", "172.28.0.12", "172.28.0.13", "172.28.0.14"];
const chainId = 481_516;
const blockPeriodSeconds = 2;
const hour = 3_600;

export interface NetworkFiles {
  folder: string;
  registrar: string;
  treasurer: string;
  written: string[];
}

/**
 * Writes what `docker-compose.yml` needs: genesis and node keys of a QBFT network with four validators, the secrets of our services, and the market's
 * parameters. Running it again keeps every file that is there. Everything secret is 0600; nothing is printed.
 * @param prepareKeyring - writes the workers' keyring; its format belongs to `crypto/`.
 */
export async function writeNetwork(folder: string, prepareKeyring: (path: string) => Promise<void>): Promise<NetworkFiles> {
  const written: string[] = [];
  for (const part of ["besu", "secrets", "accounts"]) mkdirSync(join(folder, part), { recursive: true, mode: 0o700 });
  const keep = (path: string, make: () => string): string => {
    const file = join(folder, path);
    if (!existsSync(file)) {
      writeFileSync(file, `${make()}\n`, { mode: 0o600 });
      chmodSync(file, 0o600);
      written.push(path);
    }
    return readFileSync(file, "utf8").trim();
  };
  const secret = (path: string): string => keep(path, () => randomBytes(32).toString("hex"));
  const address = (path: string): string => computeAddress(`0x${secret(path)}`);

  const nodeKeys = nodeAddresses.map((_address, index) => secret(`besu/validator-${index + 1}.key`));
  const validators = nodeKeys.map((key) => computeAddress(`0x${key}`));
  keep("besu/genesis.json", () => JSON.stringify(qbftGenesis({ chainId, validators, blockPeriodSeconds }), null, 2));
  const enodes = nodeKeys.map((key, index) => `enode://${SigningKey.computePublicKey(`0x${key}`, false).slice(4)}@${nodeAddresses[index] ?? ""}:30303`);
  keep("besu/static-nodes.json", () => JSON.stringify(enodes, null, 2));

  const postgresPassword = secret("secrets/postgres_password");
  keep("secrets/database_url", () => `postgres://galen:${postgresPassword}@postgres:5432/galen`);
  const redisPassword = secret("secrets/redis_password");
  keep("secrets/redis_url", () => `redis://:${redisPassword}@redis:6379`);
  keep("secrets/s3_access_key", () => `galen-${randomBytes(4).toString("hex")}`);
  for (const name of ["s3_secret_key", "staging_key", "link_key", "cursor_key", "dedup_key"]) secret(`secrets/${name}`);
  const platform = [
    { account: address("secrets/relayer_key"), roles: Role.RELAYER },
    { account: address("secrets/deliverer_key"), roles: Role.DELIVERER },
    { account: address("secrets/anchorer_key"), roles: Role.ANCHORER },
  ];
  secret("secrets/deployer_key");
  await prepareKeyring(join(folder, "secrets", "keyring"));

  const registrar = address("accounts/registrar.key");
  const treasurer = address("accounts/treasurer.key");
  const admin = address("accounts/admin.key");
  keep("market.json", () =>
    JSON.stringify(
      {
        admin,
        registrar,
        pauser: admin,
        treasurer,
        treasury: treasurer,
        token: { name: "Galen Dollar", symbol: "GUSD" },
        feeBps: 250,
        quorum: 2,
        deliveryWindow: 24 * hour,
        settleWindow: 72 * hour,
        disputeWindow: 14 * 24 * hour,
        maxPause: 72 * hour,
        delays: { admin: 24 * hour, registrar: 0, pauser: 0, treasurer: 0 },
        platform,
      },
      null,
      2,
    ),
  );
  return { folder, registrar, treasurer, written };
}
