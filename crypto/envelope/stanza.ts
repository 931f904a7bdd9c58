/** One wrapped copy of the file key, as a header carries it. */
export interface Stanza {
  /** The type, then its arguments: each one or more of the characters `!` to `~`. */
  readonly args: readonly string[];
  readonly body: Uint8Array;
}

/** Whatever can try to open a header: an age identity, or a key custody of another kind. */
export interface Opener {
  /** @returns the 16-byte file key, or null where no stanza is its own. Throws ENVELOPE_MALFORMED on its own, but broken, stanza. */
  unwrap(stanzas: readonly Stanza[]): Uint8Array | null;
}

/** Bytes of a file key. */
export const fileKeyLength = 16;
