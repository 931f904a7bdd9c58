import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { Wallet } from "ethers";
import { AppError } from "../../schema/errors.js";

/** A user's own folder: wallet key, age identity, ring key and the session's token, each 0600. Nothing of it is ever sent but the token. */
export interface Profile {
  readonly folder: string;
  /** @throws AppError UNAUTHENTICATED if there is no account yet. */
  wallet(): Wallet;
  /** The age identity, `AGE-SECRET-KEY-…`. */
  identity(): string;
  recipient(): string;
  /** Secret of the key for rings of anonymous listings, 0x and 64 digits. */
  ringSecret(): string;
  /** 32 bytes that key the content hashes of client-side uploads: made at the first use. */
  recordSecret(): Uint8Array;
  exists(): boolean;
  /** Of an account that stands for nobody: it uploads by proof of membership in a ring. */
  isOneTime(): boolean;
  create(account: { privateKey: string; identity: string; recipient: string; ringSecret: string; oneTime?: boolean }): void;
  session(): { accessToken: string; refreshToken: string; expiresAt: string; apiUrl: string } | null;
  keepSession(session: { accessToken: string; refreshToken: string; expiresAt: string; apiUrl: string } | null): void;
}

/** @param folder - default `~/.config/galen`. */
export function openProfile(folder = join(homedir(), ".config", "galen")): Profile {
  const path = (name: string): string => join(folder, name);
  const read = (name: string): string => {
    try {
      return readFileSync(path(name), "utf8").trim();
    } catch (cause) {
      throw new AppError("UNAUTHENTICATED", `There is no account in ${folder}: run \`galen account create\` first.`, { cause });
    }
  };
  const write = (name: string, text: string): void => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(path(name), `${text}\n`, { mode: 0o600 });
    chmodSync(path(name), 0o600);
  };
  return {
    folder,
    exists: () => existsSync(path("wallet.key")),
    wallet: () => new Wallet(read("wallet.key")),
    identity: () => read("identity.age"),
    recipient: () => read("recipient.txt"),
    ringSecret: () => read("ring.key"),
    recordSecret() {
      try {
        writeFileSync(path("records.key"), randomBytes(32).toString("hex"), { mode: 0o600, flag: "wx" });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      return new Uint8Array(Buffer.from(read("records.key"), "hex"));
    },
    isOneTime: () => existsSync(path("one-time")),
    create({ privateKey, identity, recipient, ringSecret, oneTime = false }) {
      if (existsSync(path("wallet.key"))) throw new AppError("CONFLICT", `${folder} holds an account already.`);
      write("identity.age", identity);
      write("recipient.txt", recipient);
      write("ring.key", ringSecret);
      if (oneTime) write("one-time", "for anonymous uploads of client-side mode");
      write("wallet.key", privateKey);
    },
    session() {
      try {
        return JSON.parse(readFileSync(path("session.json"), "utf8")) as NonNullable<ReturnType<Profile["session"]>>;
      } catch {
        return null; // not signed in yet
      }
    },
    keepSession(session) {
      write("session.json", JSON.stringify(session));
    },
  };
}
