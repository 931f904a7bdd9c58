import { spawn, type ChildProcess } from "node:child_process";

/**
 * The shell that outlives us. It reads `add <pid> <signal>`, `del <pid>` and `tmp <folder>` on standard input, whose end means that
 * we are gone, however that came: then it stops what is still listed, kills what does not stop in 10 s, and removes the folders.
 */
const script = `
trap '' INT TERM HUP
list=
alive() {
  kill -0 "$1" 2>/dev/null || return 1
  [ -r "/proc/$1/stat" ] || return 0
  read -r stat < "/proc/$1/stat" || return 1
  case $stat in *") Z "*) return 1 ;; esac
}
while read -r op first rest; do
  case $op in
    add) list="$list $first:$rest" ;;
    del) keep=; for e in $list; do [ "\${e%%:*}" = "$first" ] || keep="$keep $e"; done; list=$keep ;;
    tmp) set -- "$@" "$first\${rest:+ $rest}" ;;
  esac
done
for e in $list; do kill -"\${e##*:}" "\${e%%:*}" 2>/dev/null; done
n=0
while [ -n "$list" ] && [ $n -lt 50 ]; do
  keep=; for e in $list; do alive "\${e%%:*}" && keep="$keep $e"; done; list=$keep
  [ -z "$list" ] || sleep 0.2
  n=$((n + 1))
done
for e in $list; do kill -KILL "\${e%%:*}" 2>/dev/null; done
for folder in "$@"; do rm -rf -- "$folder"; done
`;

let shell: ChildProcess | undefined;

function tell(line: string): void {
  if (shell === undefined || shell.exitCode !== null || shell.signalCode !== null) {
    shell = spawn("/bin/sh", ["-c", script, "galen-watchdog"], { stdio: ["pipe", "ignore", "ignore"], detached: true, cwd: "/" });
    shell.stdin?.on("error", () => undefined);
    shell.on("error", () => undefined);
    shell.unref();
    (shell.stdin as unknown as { unref?: () => void }).unref?.();
  }
  shell.stdin?.write(`${line}\n`);
}

/** Makes sure that a child process does not outlive this process, even one that dies by SIGKILL. */
export const watchdog = {
  add: (pid: number, signal: "TERM" | "INT" | "QUIT"): void => tell(`add ${pid} ${signal}`),
  remove: (pid: number): void => tell(`del ${pid}`),
  /** Removes a temporary folder when this process is gone. @param folder - absolute; one that we made. */
  removeFolder: (folder: string): void => tell(`tmp ${folder}`),
};
