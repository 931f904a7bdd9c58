import { spawnSync } from "node:child_process";

export interface CliRun {
  /** Seconds on the clock. */
  readonly wall: number;
  /** Seconds of processor, of all its threads. */
  readonly cpu: number;
}

/** Runs a shell line and measures it. Throws with its standard error if it fails. */
export function timeShell(line: string): CliRun {
  const script = `TIMEFORMAT='galen-time %R %U %S'; time { ${line}; }`;
  const { status, stderr } = spawnSync("bash", ["-o", "pipefail", "-c", script], { encoding: "utf8", stdio: ["ignore", "ignore", "pipe"] });
  const [, real, user, system] = /galen-time ([\d.]+) ([\d.]+) ([\d.]+)/.exec(stderr) ?? [];
  if (status !== 0 || real === undefined) throw new Error(`${line}: ${stderr}`);
  return { wall: Number(real), cpu: Number(user) + Number(system) };
}

/** @returns `age 1.1.1`, or null where it is not installed. */
export function ageVersion(): string | null {
  const { stdout, status } = spawnSync("age", ["--version"], { encoding: "utf8" });
  return status === 0 ? `age ${stdout.trim()}` : null;
}
