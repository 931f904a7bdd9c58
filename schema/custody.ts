import { z } from "zod";

const hash = z.string().regex(/^0x[0-9a-f]{64}$/);
const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/);
const base64 = (most: number) => z.base64().min(4).max(most);

/** A custodian as it is told to providers: the file `CUSTODIANS_FILE`, `galen custodian identity`, and the API's `custodians`. */
export const custodianShape = z.strictObject({
  name: z.string().regex(/^[\w.-]{1,64}$/),
  url: z.url({ protocol: /^https?$/ }).max(200).regex(/^[^\s?#]+[^/?#]$/),
  /** Post-quantum age recipient: shares are sealed for it. */
  recipient: z.string().min(60).max(2_500).regex(/^age1[a-z0-9]+$/),
  /** Base64 of 32 bytes, Ed25519: destructions of shares, and its log, are signed with it. */
  publicKey: base64(44),
});

/** Who keeps the keys of threshold custody, and how many of them must agree. */
export const custodiansShape = z
  .strictObject({ threshold: z.int().min(2), custodians: z.array(custodianShape).min(2).max(16) })
  .refine(({ threshold, custodians }) => threshold <= custodians.length && new Set(custodians.map(({ name }) => name)).size === custodians.length, "a threshold above the number of custodians, or a name twice");

/** POST /shares of a custodian. The document is held to its own form by `parseSharesDocument`. */
export const depositRequest = z.strictObject({ document: base64(16_384), index: z.int().min(0).max(15), sealed: base64(8_192) });

/** POST /release of a custodian. */
export const releaseRequest = z.strictObject({
  claim: z.strictObject({ share: hash, kind: z.enum(["ORDER", "AUDIT", "OWN"]), subject: hash, account: address, recipient: z.string().max(2_500).regex(/^age1[a-z0-9]+$/), at: z.iso.datetime() }),
  signature: z.string().max(8_194).regex(/^0x([0-9a-fA-F]{2})+$/),
});

/** POST /destroy of a custodian. */
export const destroyRequest = z.strictObject({ share: hash, token: hash });

/** What it answers to /release. */
export const releaseAnswer = z.object({ index: z.int().min(0).max(15), sealed: base64(8_192) });

export type Custodian = z.infer<typeof custodianShape>;
export type Custodians = z.infer<typeof custodiansShape>;
