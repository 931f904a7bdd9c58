import { spawn } from "node:child_process";
import { accessSync, constants, existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { AppError } from "../../schema/errors.js";

/** Where we may write, and whether: by default the system's own place, and whether we are root. */
interface Rights {
  readonly root: boolean;
  /** File that Debian asks before it starts a service. */
  readonly policy: string;
}

const ownRights = (): Rights => ({ root: process.getuid?.() === 0, policy: "/usr/sbin/policy-rc.d" });
const searchPath = (): string[] => [...(process.env["PATH"] ?? "").split(delimiter).filter(Boolean), "/usr/bin", "/usr/sbin", "/bin"];

const ADVICE = "Install redis-server (Debian/Ubuntu: `apt-get install redis-server`; macOS: `brew install redis`), or set REDIS_URL to a running Redis 6.2 or later.";

/**
 * @returns the path of a redis-server: from the PATH, else installed now by apt-get where we are root on Debian or Ubuntu.
 * Throws REDIS_UNAVAILABLE, saying in one line what to install.
 */
export async function findRedisServer(onProgress: (line: string) => void = () => undefined, folders = searchPath(), rights = ownRights()): Promise<string> {
  const found = which("redis-server", folders);
  if (found !== null) return found;
  const apt = which("apt-get", folders);
  if (!rights.root || apt === null) throw new AppError("REDIS_UNAVAILABLE", `redis-server is not installed. ${ADVICE}`);
  onProgress("Installing redis-server with apt-get");
  await installByApt(apt, rights.policy);
  const installed = which("redis-server", folders);
  if (installed === null) throw new AppError("REDIS_UNAVAILABLE", `apt-get installed redis-server, but it is not on the PATH. ${ADVICE}`);
  return installed;
}

/** @returns the first executable file of this name in the folders, or null. */
function which(name: string, folders: readonly string[]): string | null {
  for (const folder of folders) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      if (statSync(path).isFile()) return path;
    } catch {
      // Not here.
    }
  }
  return null;
}

async function installByApt(apt: string, policy: string): Promise<void> {
  // Debian starts a service as soon as it is installed. We want the program alone, so we deny it, as policy-rc.d is there for.
  const deny = !existsSync(policy);
  try {
    if (deny) writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
    await run(apt, ["update"]);
    await run(apt, ["install", "--yes", "--no-install-recommends", "redis-server"]);
  } finally {
    if (deny) rmSync(policy, { force: true });
  }
}

async function run(command: string, args: string[]): Promise<void> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
  let output = "";
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-4_000);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) {
    const words = output.trim().split("\n").slice(-6).join("\n");
    throw new AppError("REDIS_UNAVAILABLE", `\`apt-get ${args.join(" ")}\` failed (exit code ${code}). ${ADVICE}\n${words}`);
  }
}
