import { spawn } from "node:child_process";
import { accessSync, constants, existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** A program that npm has no package of. */
export interface WantedProgram {
  /** Files that are it, the best first. */
  readonly names: readonly [string, ...string[]];
  readonly debianPackage: string;
  /** @param why - one sentence; more lines when apt-get failed. */
  readonly unavailable: (why: string) => Error;
}

/** Where we may write, and whether: by default the system's own place, and whether we are root. */
export interface Rights {
  readonly root: boolean;
  /** File that Debian asks before it starts a service. */
  readonly policy: string;
}

const ownRights = (): Rights => ({ root: process.getuid?.() === 0, policy: "/usr/sbin/policy-rc.d" });
const searchPath = (): string[] => [...(process.env["PATH"] ?? "").split(delimiter).filter(Boolean), "/usr/bin", "/usr/sbin", "/bin"];

/**
 * @returns the path of the program: from the PATH, else installed now by apt-get where we are root on Debian or Ubuntu.
 * @throws what `unavailable` makes of the reason
 */
export async function findProgram({ names, debianPackage, unavailable }: WantedProgram, onProgress: (line: string) => void = () => undefined, folders: readonly string[] = searchPath(), rights = ownRights()): Promise<string> {
  const found = (): string | undefined => names.map((name) => which(name, folders)).find((path) => path !== null) ?? undefined;
  const there = found();
  if (there !== undefined) return there;
  const apt = which("apt-get", folders);
  if (!rights.root || apt === null) throw unavailable(`${names[0]} is not installed.`);
  onProgress(`Installing ${debianPackage} with apt-get`);
  const failed = await installByApt(apt, debianPackage, rights.policy);
  if (failed !== null) throw unavailable(failed);
  const installed = found();
  if (installed === undefined) throw unavailable(`apt-get installed ${debianPackage}, but ${names[0]} is not on the PATH.`);
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

/** @returns why it failed, or null. */
async function installByApt(apt: string, debianPackage: string, policy: string): Promise<string | null> {
  // Debian starts a service as soon as it is installed. We want the program alone, so we deny it, as policy-rc.d is there for.
  const deny = !existsSync(policy);
  try {
    if (deny) writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
    // Another of our processes may be installing something at the same time: then the lists are made by it, and its lock is waited for.
    const notUpdated = await run(apt, ["update"]);
    const notInstalled = await run(apt, ["install", "--yes", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", debianPackage]);
    return notInstalled && (notUpdated ?? notInstalled);
  } finally {
    if (deny) rmSync(policy, { force: true });
  }
}

async function run(command: string, args: string[]): Promise<string | null> {
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
  return code === 0 ? null : `\`apt-get ${args.join(" ")}\` failed (exit code ${code}).\n${output.trim().split("\n").slice(-6).join("\n")}`;
}
