import { resolve } from "node:path";
import { writeNetwork } from "../../platform/besu/write-network.js";
import { packageRoot } from "../../platform/package-root.js";
import { prepareKeyring } from "../prepare-keyring.js";

/** Writes what docker-compose.yml mounts. @param options.output - relative to the checkout */
export async function network(options: { readonly output: string }): Promise<void> {
  const { folder, registrar, treasurer, written } = await writeNetwork(resolve(packageRoot(), options.output), prepareKeyring);
  process.stdout.write(
    [
      written.length === 0 ? `Everything is there already, in ${folder}.` : `Wrote ${written.length} files to ${folder}. Back them up: they are the platform's keys.`,
      `registrar  ${registrar}`,
      `treasurer  ${treasurer}`,
      `Their keys, and the administrator's, are in ${folder}/accounts: move them to their owners; no service needs them.`,
      "Next: GALEN_UID=$(id -u) GALEN_GID=$(id -g) docker compose up --build",
      "",
    ].join("\n"),
  );
}
