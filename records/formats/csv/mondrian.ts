/** Attributes of people, each value as its rank in the attribute's ordered domain. */
export interface Attribute {
  /** One rank a person, 0 to `domain - 1`. */
  readonly ranks: Int32Array;
  readonly domain: number;
}

export interface Partition {
  /** The class of each person. */
  readonly classOf: Int32Array;
  /** People in each class. */
  readonly sizes: readonly number[];
  /** Range of ranks of class `c` in attribute `a`: `low[c × attributes + a]` to `high[…]`. Flat, for there may be many classes. */
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/**
 * Mondrian: cuts the people in two at the median of the attribute that is widest among them, again and again, as long as
 * each half keeps k people and l different sensitive values.
 * Source: LeFevre, DeWitt, Ramakrishnan: Mondrian multidimensional k-anonymity (ICDE 2006), strict partitioning; distinct l-diversity: Machanavajjhala et al. (ICDE 2006).
 * @param sensitive - a rank a person, or null for k-anonymity alone.
 */
export function mondrian(attributes: readonly Attribute[], people: number, k: number, sensitive: Int32Array | null = null, l = 1): Partition {
  const order = Int32Array.from({ length: people }, (_, person) => person);
  const scratch = new Int32Array(people);
  const classOf = new Int32Array(people);
  const sizes: number[] = [];
  const lows: number[] = [];
  const highs: number[] = [];
  const histograms = attributes.map(({ domain }) => new Int32Array(domain));
  const seen = sensitive === null ? null : new Int32Array(sensitive.reduce((most, rank) => Math.max(most, rank), 0) + 1).fill(-1);
  let stamp = 0;

  const diverse = (from: number, to: number): boolean => {
    if (sensitive === null || seen === null) return true;
    stamp += 1;
    let distinct = 0;
    for (let at = from; at < to && distinct < l; at += 1) {
      const rank = sensitive[order[at] as number] as number;
      if (seen[rank] !== stamp) { seen[rank] = stamp; distinct += 1; }
    }
    return distinct >= l;
  };

  /** Cuts order[from..to) at the attribute's median. @returns where the right half begins, or -1 if no cut is allowed. */
  const cut = (from: number, to: number, index: number, low: number, high: number): number => {
    const { ranks } = attributes[index] as Attribute;
    const histogram = histograms[index] as Int32Array;
    histogram.fill(0, low, high + 1);
    for (let at = from; at < to; at += 1) { const rank = ranks[order[at] as number] as number; histogram[rank] = (histogram[rank] as number) + 1; }
    const half = (to - from) / 2;
    let below = 0;
    let best = -1;
    let bestBelow = 0;
    for (let rank = low; rank < high; rank += 1) {
      below += histogram[rank] as number;
      if (best < 0 || Math.abs(below - half) < Math.abs(bestBelow - half)) { best = rank; bestBelow = below; }
    }
    if (bestBelow < k || to - from - bestBelow < k) return -1;
    let left = from;
    let right = from + bestBelow;
    for (let at = from; at < to; at += 1) {
      const person = order[at] as number;
      if ((ranks[person] as number) <= best) { scratch[left] = person; left += 1; }
      else { scratch[right] = person; right += 1; }
    }
    order.set(scratch.subarray(from, to), from);
    const middle = from + bestBelow;
    return diverse(from, middle) && diverse(middle, to) ? middle : -1;
  };

  const open: [number, number][] = people === 0 ? [] : [[0, people]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [from, to] = next;
    const low = attributes.map(() => Number.MAX_SAFE_INTEGER);
    const high = attributes.map(() => -1);
    for (const [index, { ranks }] of attributes.entries()) {
      let [least, most] = [Number.MAX_SAFE_INTEGER, -1];
      for (let at = from; at < to; at += 1) {
        const rank = ranks[order[at] as number] as number;
        if (rank < least) least = rank;
        if (rank > most) most = rank;
      }
      low[index] = least;
      high[index] = most;
    }
    const width = (index: number): number => ((high[index] as number) - (low[index] as number)) / Math.max(1, (attributes[index] as Attribute).domain - 1);
    const widest = attributes.map((_, index) => index).filter((index) => width(index) > 0).sort((a, b) => width(b) - width(a));
    let middle = -1;
    if (to - from >= 2 * k) for (const index of widest) { middle = cut(from, to, index, low[index] as number, high[index] as number); if (middle >= 0) break; }
    if (middle >= 0) { open.push([from, middle], [middle, to]); continue; }
    for (let at = from; at < to; at += 1) classOf[order[at] as number] = sizes.length;
    sizes.push(to - from);
    lows.push(...low);
    highs.push(...high);
  }
  return { classOf, sizes, low: lows, high: highs };
}
