#!/usr/bin/env node
/**
 * The way in, from a fresh clone: installs what is missing, compiles what changed, then runs the `galen` command in this process.
 * Node built-ins only, plain JavaScript, every word of it on standard error: standard output belongs to the command.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const NEEDED_NODE = [20, 19];
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const output = join(root, "dist");
const stampFile = join(output, ".sources");
const lockFile = join(root, ".build", "bootstrap.lock");

class BootstrapError extends Error {}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < NEEDED_NODE[0] || (major === NEEDED_NODE[0] && minor < NEEDED_NODE[1])) {
    throw new BootstrapError(`Galen needs Node ${NEEDED_NODE.join(".")} or later; this is ${process.versions.node}.`);
  }
}

/** @returns {string | null} why `npm ci` must run, or null. Compares what npm noted in node_modules with the lockfile, package by package. */
function whyInstall() {
  const noted = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(noted)) return "node_modules is missing";
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  const present = JSON.parse(readFileSync(noted, "utf8")).packages;
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === "" || entry.link) continue;
    const installed = present[path];
    // Packages of other platforms, and optional peers that nobody asked for, are rightly absent.
    if (installed === undefined && (entry.optional || entry.peer || entry.devOptional)) continue;
    if (installed?.version !== entry.version || installed?.integrity !== entry.integrity) return `node_modules does not match package-lock.json (${path.replace(/^.*node_modules\//, "")})`;
  }
  return null;
}

async function install() {
  const why = whyInstall();
  if (why === null) return;
  say(`Installing npm packages: ${why}.`);
  // Under `npm run` we are told which npm it is; its settings then come with the environment.
  const npm = process.env.npm_execpath;
  const [command, first] = npm && /npm-cli\.js$/.test(npm) ? [process.execPath, [npm]] : ["npm", []];
  const args = ["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund"];
  // A whole install is worth a second try: registries and networks hiccup.
  if ((await run(command, [...first, ...args])) === 0) return;
  say("npm ci failed; trying once more.");
  if ((await run(command, [...first, ...args])) !== 0) throw new BootstrapError("npm ci failed; its output above says why.");
}

/** @returns {string[]} every TypeScript (and imported JSON) source, relative, sorted */
function sources() {
  const { include = [] } = JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8"));
  const found = [];
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && entry.name !== "node_modules") walk(path);
      else if (entry.isFile() && /\.(m|c)?ts$/.test(entry.name)) found.push(relative(root, path));
    }
  };
  for (const folder of include) if (existsSync(join(root, folder))) walk(join(root, folder));
  return found.sort();
}

function stamp(files) {
  const hash = createHash("sha256");
  for (const file of ["tsconfig.json", "node_modules/typescript/package.json", ...files]) {
    const { mtimeMs, size } = statSync(join(root, file));
    hash.update(`${file}\0${mtimeMs}\0${size}\n`);
  }
  return hash.digest("hex");
}

async function compile() {
  const files = sources();
  const now = stamp(files);
  const entry = join(output, "cli", "main.js");
  // `rm -rf dist/*` leaves the files with a dot.
  if (existsSync(entry) && existsSync(stampFile) && readFileSync(stampFile, "utf8") === now) return;
  say("Compiling TypeScript.");
  rmSync(stampFile, { force: true });
  // An incremental compiler trusts its own notes: without outputs beside them, they would make it write nothing.
  if (!existsSync(entry)) rmSync(join(output, ".tsbuildinfo"), { force: true });
  const compiler = join(root, "node_modules", "typescript", "lib", "tsc.js");
  // Types are checked by `npm test`; here they would only cost time. A syntax error still fails.
  if ((await run(process.execPath, [compiler, "-p", root, "--noCheck"])) !== 0) throw new BootstrapError("The TypeScript compiler failed; its output above says why.");
  removeStale(new Set(files));
  writeFileSync(stampFile, now);
}

/** Removes the outputs of sources that are gone, so that a deleted test is not run for ever. */
function removeStale(files) {
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else {
        const source = relative(output, path).replace(/\.js(\.map)?$/, ".ts");
        if (source.endsWith(".ts") && !files.has(source.split(sep).join("/")) && !files.has(source)) rmSync(path);
      }
    }
  };
  walk(output);
}

/** Runs `work` while no other bootstrap of this checkout does: two at once must not write the same files. */
async function alone(work) {
  mkdirSync(dirname(lockFile), { recursive: true });
  const draft = `${lockFile}.${process.pid}`;
  writeFileSync(draft, String(process.pid));
  try {
    for (let waited = 0; !take(draft); waited += 1) {
      if (waited === 10) say(`Waiting for another start of this checkout (process ${holder()}).`);
      if (waited > 9_000) throw new BootstrapError(`Process ${holder()} has been installing or compiling for 15 minutes; remove ${lockFile} if that is not so.`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } finally {
    unlinkSync(draft);
  }
  const free = () => rmSync(lockFile, { force: true });
  process.once("exit", free);
  try {
    await work();
  } finally {
    process.removeListener("exit", free);
    free();
  }
}

function take(draft) {
  try {
    linkSync(draft, lockFile);
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    const pid = holder();
    if (pid !== null && !lives(pid)) setAside(pid);
    return false;
  }
}

/** Removes a dead process's lock; if a live one was taken meanwhile, puts that back. */
function setAside(deadPid) {
  const aside = `${lockFile}.${process.pid}.stale`;
  try {
    renameSync(lockFile, aside);
    if (readFileSync(aside, "utf8") !== String(deadPid)) linkSync(aside, lockFile);
  } catch (error) {
    if (error.code !== "ENOENT" && error.code !== "EEXIST") throw error;
  }
  rmSync(aside, { force: true });
}

function holder() {
  try {
    return Number(readFileSync(lockFile, "utf8"));
  } catch {
    return null;
  }
}

function lives(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Runs a program with its output on our standard error. @returns {Promise<number>} its exit code */
function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", 2, 2] });
    const forward = (signal) => child.kill(signal);
    process.once("SIGTERM", forward);
    child.once("error", (error) => reject(new BootstrapError(`Cannot run ${basename(command)}: ${error.message}`)));
    child.once("exit", (code) => {
      process.removeListener("SIGTERM", forward);
      resolve(code ?? 1);
    });
  });
}

function say(line) {
  process.stderr.write(`galen: ${line}\n`);
}

try {
  checkNode();
  // Without a lockfile this is no checkout but an image with everything in it.
  if (existsSync(join(root, "package-lock.json")) && existsSync(join(root, "tsconfig.json"))) {
    await alone(async () => {
      await install();
      await compile();
    });
  }
  process.setSourceMapsEnabled(true);
  const { main } = await import(pathToFileURL(join(output, "cli", "main.js")).href);
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof BootstrapError)) throw error;
  say(error.message);
  process.exitCode = 1;
}
