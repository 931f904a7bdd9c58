import { AbiCoder, hexlify, randomBytes, TypedDataEncoder, type EventLog, type Signer } from "ethers";
import { listingScope } from "../crypto/ring/challenge.js";
import { makeRing, ringHash, ringPoints, ringPublicKey, type Ring } from "../crypto/ring/ring.js";
import { signRing } from "../crypto/ring/sign-ring.js";
import { ringUploadContext } from "../crypto/ring/upload-context.js";
import { AppError } from "../schema/errors.js";
import { ringProofTypes } from "../schema/ring-proof.js";
import { ringUploadProofTypes } from "../schema/ring-upload-proof.js";
import { send, type Contracts, type Mined } from "./contracts.js";
import { parseTypedData } from "./typed-data.js";

type Point = Ring[number];

const digits = (value: bigint): string => value.toString(16).padStart(64, "0");

/** A ring key as the API takes it: x and y, 0x and 128 digits. @param secret - 0x and 64 digits. */
export function ringKeyOf(secret: string): string {
  const { x, y } = ringPublicKey(BigInt(secret));
  return `0x${digits(x)}${digits(y)}`;
}

const pointOfKey = (key: string): Point => ({ x: BigInt(key.slice(0, 66)), y: BigInt(`0x${key.slice(66)}`) });

/**
 * Registers a ring of providers on the chain, by the registrar's wallet.
 * @param input.quota - listings that the ring may open in an epoch of `epochSeconds`.
 */
export const registerRing = (contracts: Contracts, signer: Signer, input: { ringKeys: readonly string[]; quota: number; epochSeconds: number }): Promise<Mined> =>
  send(contracts.marketplace, signer, "registerRing", [ringPoints(makeRing(input.ringKeys.map(pointOfKey))), input.quota, input.epochSeconds]);

/** The rings that the chain has and that are not revoked, newest first. */
async function openRings(contracts: Contracts): Promise<{ hash: string; ring: Ring }[]> {
  const named = async (name: string): Promise<EventLog[]> => (await contracts.marketplace.queryFilter(name)) as EventLog[];
  const [registered, revoked] = await Promise.all([named("RingRegistered"), named("RingRevoked")]);
  const gone = new Set(revoked.map(({ args }) => String(args["ringHash"])));
  return registered
    .reverse()
    .filter(({ args }) => !gone.has(String(args["ringHash"])))
    .map(({ args }) => {
      const points = [...(args["points"] as bigint[])];
      const ring = makeRing(Array.from({ length: points.length / 2 }, (_unused, index) => ({ x: points[index * 2] ?? 0n, y: points[index * 2 + 1] ?? 0n })));
      return { hash: hexlify(ringHash(ring)), ring };
    });
}

/** @throws AppError NOT_ACCREDITED if no open ring has this key. */
async function ringOf(contracts: Contracts, secret: string): Promise<{ hash: string; ring: Ring }> {
  const own = ringPublicKey(BigInt(secret));
  const found = (await openRings(contracts)).find(({ ring }) => ring.some(({ x, y }) => x === own.x && y === own.y));
  if (!found) throw new AppError("NOT_ACCREDITED", "No open ring on the chain has your ring key: ask the registrar.");
  return found;
}

/**
 * Proves that one of a ring's members stands behind a one-time account, which may then begin one anonymous upload in client-side mode.
 * @param secret - the own ring key, 0x and 64 digits. It stays here.
 * @param input.account - the one-time account. Whoever has used it otherwise, or asks for both from one address, has said who it is.
 * @param input.slot - one that this member did not use in this epoch; any one if left out: CONFLICT from the API says that another is to be tried
 * @returns what `createAnonymousUpload` takes
 * @throws AppError NOT_ACCREDITED if no open ring has this key.
 */
export async function ringUploadProof(contracts: Contracts, secret: string, input: { account: string; slot?: number }): Promise<string> {
  const { hash, ring } = await ringOf(contracts, secret);
  const [market, { quota, epochLength }, block] = await Promise.all([
    contracts.marketplace.getAddress(),
    contracts.marketplace.getFunction("ring")(hash) as Promise<{ quota: bigint; epochLength: bigint }>,
    contracts.provider.getBlock("latest"),
  ]);
  const now = Math.max(Math.floor(Date.now() / 1000), block?.timestamp ?? 0);
  const epoch = BigInt(now) / epochLength;
  const slot = input.slot ?? randomBelow(Number(quota));
  const context = ringUploadContext({ chainId: BigInt(contracts.info.chainId), market: market.toLowerCase(), account: input.account, ringHash: hash, epoch, slot });
  const { imageX, imageY, challenge, responses } = signRing(context, ring, BigInt(secret));
  return AbiCoder.defaultAbiCoder().encode(ringUploadProofTypes, [hash, epoch, slot, [imageX, imageY, challenge, responses]]);
}

const randomBelow = (limit: number): number => Number(BigInt(hexlify(randomBytes(8))) % BigInt(limit));

/**
 * Proves that one of a ring's members consents, without showing which.
 * @param consent - the typed data of the consent, as the API gives it; its struct hash is what is signed.
 * @param secret - the own ring key, 0x and 64 digits. It stays here.
 * @returns what `publishListing` takes as the signature of an anonymous upload.
 * @throws AppError NOT_ACCREDITED if no open ring has this key.
 */
export async function ringProof(contracts: Contracts, secret: string, input: { consent: unknown; contentHash: string }): Promise<string> {
  const found = await ringOf(contracts, secret);
  const { types, message } = parseTypedData(input.consent);
  const { EIP712Domain: _domain, ...ownTypes } = types;
  const market = (await contracts.marketplace.getAddress()).toLowerCase();
  const context = {
    chainId: BigInt(contracts.info.chainId),
    market,
    message: TypedDataEncoder.hashStruct("ListingConsent", ownTypes, message),
    scope: hexlify(listingScope(market, input.contentHash)),
  };
  const { imageX, imageY, challenge, responses } = signRing(context, found.ring, BigInt(secret));
  return AbiCoder.defaultAbiCoder().encode(ringProofTypes, [found.hash, [imageX, imageY, challenge, responses]]);
}
