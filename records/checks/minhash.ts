/** Permutations of a signature, and how many of them make one band. */
export const signatureLength = 128;
const rowsOfBand = 4;

/** Two sets of which the signatures agree in this share are told as nearly the same. */
export const nearDuplicate = 0.8;

/** murmur3's finaliser: a permutation of the 32-bit numbers that mixes every bit. */
function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function hash(text: string, seed: number): number {
  let h = seed ^ text.length;
  for (let at = 0; at < text.length; at += 1) h = Math.imul(h ^ text.charCodeAt(at), 0x01000193);
  return mix(h);
}

/**
 * MinHash (Broder 1997): the share in which two signatures agree estimates how much two sets overlap (Jaccard), with a standard deviation of at most 0.045.
 * The seeds are secret, so that a signature cannot be searched with guesses.
 */
export class MinHash {
  readonly #minima = new Uint32Array(signatureLength).fill(0xffffffff);
  /** Features that were added, also again. */
  features = 0;

  /** @param seeds - `signatureLength` + 1 of them. */
  constructor(readonly seeds: Uint32Array) {
    if (seeds.length !== signatureLength + 1) throw new RangeError(`${signatureLength + 1} seeds are needed`);
  }

  add(feature: string): void {
    this.features += 1;
    const base = hash(feature, this.seeds[signatureLength] ?? 0);
    for (let at = 0; at < signatureLength; at += 1) {
      const value = mix(base ^ (this.seeds[at] ?? 0));
      if (value < (this.#minima[at] ?? 0)) this.#minima[at] = value;
    }
  }

  get signature(): number[] {
    return [...this.#minima];
  }

  /** One number a band: sets that overlap in 0.8 share one with a probability of 1 - 10⁻⁷, those that do in 0.2 with one of 0.05. */
  get bands(): number[] {
    return Array.from({ length: signatureLength / rowsOfBand }, (_, band) => hash([band, ...this.#minima.subarray(band * rowsOfBand, (band + 1) * rowsOfBand)].join(), 0));
  }
}

/** @returns the estimated overlap of two sets, 0..1. */
export const similarity = (a: readonly number[], b: readonly number[]): number => a.filter((value, at) => value === b[at]).length / signatureLength;
