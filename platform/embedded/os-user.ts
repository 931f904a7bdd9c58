import { execFileSync } from "node:child_process";
import { readFileSync, realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { AppError } from "../../schema/errors.js";

export interface OsUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Postgres refuses to run as root. @returns null when we are not root (it runs as ourselves), else the system's `postgres` user, which
 * is made when missing. Throws DATABASE_UNAVAILABLE when it cannot be made.
 */
export function postgresUser(): OsUser | null {
  if (process.getuid?.() !== 0) return null;
  const existing = lookUp("postgres");
  if (existing !== null) return existing;
  try {
    const flags = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"];
    execFileSync("useradd", [...flags, "postgres"], { stdio: ["ignore", "ignore", "pipe"] });
  } catch (cause) {
    // Two starts at once: the other one made it.
    if (lookUp("postgres") === null) {
      throw new AppError("DATABASE_UNAVAILABLE", "Postgres refuses to run as root, and no system user `postgres` could be made (useradd failed). Make one, or run as another user.", { cause });
    }
  }
  return lookUp("postgres");
}

function lookUp(name: string): OsUser | null {
  for (const line of readFileSync("/etc/passwd", "utf8").split("\n")) {
    const [user, , uid, gid] = line.split(":");
    if (user === name) return { uid: Number(uid), gid: Number(gid) };
  }
  return null;
}

/** @returns whether `user` may pass through every folder down to `path`, an existing one. */
export function isTraversable(path: string, user: OsUser): boolean {
  let folder = realpathSync(path);
  for (;;) {
    const { mode, uid, gid } = statSync(folder);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    const parent = dirname(folder);
    if (parent === folder) return true;
    folder = parent;
  }
}
