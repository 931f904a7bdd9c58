import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks a second, as Linux counts processor time. */
const ticks = 100;

/** Fields of /proc/<pid>/stat after the name, which may hold blanks. */
function stat(pid: number): string[] | null {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "").split(" ");
  } catch {
    return null;
  }
}

/** @returns processor time in µs of a process with all its threads; of its children too, those that ended among them, if asked for. */
export function cpuTime(pid: number, withChildren = false): number {
  const own = stat(pid);
  if (!own) return 0;
  let sum = Number(own[11]) + Number(own[12]) + (withChildren ? Number(own[13]) + Number(own[14]) : 0);
  if (withChildren) {
    for (const name of readdirSync("/proc")) {
      const child = /^\d+$/.test(name) ? stat(Number(name)) : null;
      if (child && Number(child[1]) === pid) sum += Number(child[11]) + Number(child[12]);
    }
  }
  return (sum / ticks) * 1e6;
}

/** @returns resident memory of a process in MB, now and at its most. */
export function residentMb(pid: number): { now: number; peak: number } {
  const text = readFileSync(`/proc/${pid}/status`, "utf8");
  const of = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)?.[1] ?? 0) / 1024;
  return { now: of("VmRSS"), peak: of("VmHWM") };
}
