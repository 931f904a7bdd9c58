import { getAddress, verifyMessage, type JsonRpcProvider } from "ethers";
import type { SiweMessage, SiweResponse } from "siwe";
import type { DataSource } from "typeorm";
import { AppError } from "../../schema/errors.js";
import { openSession, type IssuedSession } from "./sessions.js";

export interface SignInDeps {
  database: DataSource;
  provider: JsonRpcProvider;
  /** The API's address as its users see it: messages for any other host are refused. */
  publicUrl: string;
  chainId: number;
}

const nonceSeconds = 5 * 60;
const statement = "Sign in to Galen. This is no transaction and costs nothing.";
/** Loaded by the first sign-in: it brings a second copy of ethers, and a grammar. */
const loadSiwe = () => import("siwe");
const invalid = (message: string, cause?: unknown): AppError => new AppError("SIGN_IN_INVALID", message, { cause });

/** Makes an EIP-4361 message for an account. @param account - an address in lower case. */
export async function makeChallenge(deps: SignInDeps, account: string): Promise<{ message: string; nonce: string; expiresAt: Date }> {
  const { generateNonce, SiweMessage } = await loadSiwe();
  const nonce = generateNonce();
  const now = Date.now();
  const expiresAt = new Date(now + nonceSeconds * 1000);
  const message = new SiweMessage({
    domain: new URL(deps.publicUrl).host,
    address: getAddress(account),
    statement,
    uri: deps.publicUrl,
    version: "1",
    chainId: deps.chainId,
    nonce,
    issuedAt: new Date(now).toISOString(),
    expirationTime: expiresAt.toISOString(),
  }).prepareMessage();
  await deps.database.query("delete from app.sign_in_nonce where expires_at < now()");
  await deps.database.query("insert into app.sign_in_nonce (nonce, account, expires_at) values ($1, $2, $3)", [nonce, account, expiresAt]);
  return { message, nonce, expiresAt };
}

/**
 * Checks a signed message and opens a session. The nonce works once.
 * @throws AppError SIGN_IN_INVALID, NONCE_EXPIRED
 */
export async function signIn(deps: SignInDeps, message: string, signature: string): Promise<IssuedSession> {
  const siwe = await parse(message);
  if (siwe.domain !== new URL(deps.publicUrl).host || siwe.uri !== deps.publicUrl) throw invalid("The message is meant for another site.");
  if (siwe.chainId !== deps.chainId) throw invalid(`The message is meant for chain ${siwe.chainId}, this market is on ${deps.chainId}.`);
  if (siwe.version !== "1") throw invalid("The message has an unknown version.");
  // The library logs what is no signature at all: only wallets that are contracts may sign with such bytes.
  if (!isHex(signature) || (!isRecoverable(message, signature) && (await deps.provider.getCode(siwe.address)) === "0x")) throw invalid("The signature is malformed.");
  await verify(deps, siwe, signature);
  const account = siwe.address.toLowerCase();
  const [rows] = (await deps.database.query("delete from app.sign_in_nonce where nonce = $1 and account = $2 and expires_at > now() returning nonce", [siwe.nonce, account])) as [unknown[], number];
  if (rows.length === 0) throw new AppError("NONCE_EXPIRED", "The challenge is unknown, already used or expired: ask for a new one.");
  return openSession(deps.database, account);
}

async function parse(message: string): Promise<SiweMessage> {
  const { SiweMessage } = await loadSiwe();
  try {
    return new SiweMessage(message);
  } catch (cause) {
    throw invalid("The message is no EIP-4361 message.", cause);
  }
}

const isHex = (signature: string): boolean => /^0x([0-9a-fA-F]{2}){1,4096}$/.test(signature);

function isRecoverable(message: string, signature: string): boolean {
  try {
    verifyMessage(message, signature);
    return true;
  } catch {
    return false;
  }
}

async function verify(deps: SignInDeps, siwe: SiweMessage, signature: string): Promise<void> {
  try {
    await siwe.verify({ signature, domain: siwe.domain, nonce: siwe.nonce }, { provider: deps.provider });
  } catch (failure) {
    // The library rejects with a response that holds the error.
    const { SiweError, SiweErrorType } = await loadSiwe();
    const error = (failure as Partial<SiweResponse>).error ?? failure;
    const expired: string = SiweErrorType.EXPIRED_MESSAGE;
    if (error instanceof SiweError && error.type === expired) throw new AppError("NONCE_EXPIRED", "The challenge is expired: ask for a new one.", { cause: error });
    throw invalid("The signature is not the account's over this message.", error);
  }
}
