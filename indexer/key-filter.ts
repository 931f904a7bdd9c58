/** Bits of the filter: 4 MB, which keeps wrong guesses below one in a hundred up to some 4 million keys. */
const bits = 2 ** 25;
const probes = 3;

/** A Bloom filter of keys: `mayHave` is false only for keys that were never added. Keys are hashes in hex, so their own digits are the hash; of other keys it always says "maybe". */
export class KeyFilter {
  readonly #words = new Uint32Array(bits / 32);

  add(key: string): void {
    const [first, step] = digitsOf(key);
    for (let probe = 0; probe < probes; probe++) {
      const bit = (first + probe * step) & (bits - 1);
      this.#words[bit >>> 5]! |= 1 << (bit & 31);
    }
  }

  mayHave(key: string): boolean {
    const [first, step] = digitsOf(key);
    if (Number.isNaN(first) || Number.isNaN(step)) return true;
    for (let probe = 0; probe < probes; probe++) {
      const bit = (first + probe * step) & (bits - 1);
      if ((this.#words[bit >>> 5]! & (1 << (bit & 31))) === 0) return false;
    }
    return true;
  }
}

const digitsOf = (key: string): [number, number] => [Number.parseInt(key.slice(2, 10), 16), Number.parseInt(key.slice(10, 18), 16)];
