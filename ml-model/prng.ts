/** A seeded source of random numbers: the same seed gives the same stream on every machine. */
export interface Prng {
  /** @returns uniform in [0, 1). */
  uniform(): number;
  /** @returns standard normal (Box–Muller). */
  normal(): number;
  /** @returns an integer in [0, n). */
  below(n: number): number;
  /** @returns an index drawn in proportion to `weights`. */
  pick(weights: readonly number[]): number;
}

/**
 * mulberry32: 32 bits of state, which is plenty for simulation and shuffling and never used for secrets.
 * @param seed - any integer; taken modulo 2³².
 */
export function createPrng(seed: number): Prng {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    below: (n) => Math.floor(uniform() * n),
    pick: (weights) => {
      const total = weights.reduce((sum, w) => sum + w, 0);
      let left = uniform() * total;
      for (let i = 0; i < weights.length - 1; i++) {
        left -= weights[i]!;
        if (left < 0) return i;
      }
      return weights.length - 1;
    },
  };
}
