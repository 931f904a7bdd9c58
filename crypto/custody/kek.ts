/** Separates what was sealed: which record, suite and key version it belongs to. Not secret. */
export type Context = readonly string[];

/**
 * A versioned key-encryption key, wherever it lives: a keyring file, HashiCorp Vault transit, a cloud KMS.
 * The key itself never has to leave it.
 */
export interface Kek {
  /** Name for logs and status: `keyring`, `vault-transit`. */
  readonly name: string;
  /** The version that new secrets are sealed under; later ones are higher. */
  currentVersion(): Promise<number>;
  /** @param context - authenticated with the secret. @returns an opaque text. */
  seal(version: number, context: Context, secret: Uint8Array): Promise<string>;
  /** Throws KEY_UNAVAILABLE for an unknown version, another context or a changed text. */
  open(version: number, context: Context, sealed: string): Promise<Uint8Array>;
}
