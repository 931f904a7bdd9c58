import type { Sale } from "./sale.js";

/** Two accounts that are known to belong together: wallets of one institution, or one that paid the other outside the market. */
export type AccountLink = readonly [string, string];

/** Weight of a sale between linked accounts: it stays visible, and hardly teaches. */
export const linkedWeight = 0.02;

/** Sales of one seller to one buyer count as this many at most. */
export const pairCap = 3;

/**
 * How much each sale is believed, 0…1. Prices are cheap to fake for whoever is on both sides: the fee alone is lost. So
 * - buyer and seller (or payee) in one connected group of links, or who buy from each other both ways: `linkedWeight`;
 * - all sales of one seller group to one buyer group together weigh `pairCap` at most.
 * @param links - known relations; those that the sales show by themselves (a payee shared by providers, mutual purchases) are added.
 * @returns weight by order id.
 */
export function washWeights(sales: readonly Sale[], links: readonly AccountLink[]): Map<string, number> {
  const groups = new Groups();
  for (const [a, b] of links) groups.join(a.toLowerCase(), b.toLowerCase());
  for (const s of sales) if (s.provider !== null) groups.join(s.provider, s.payee);
  const bought = new Set(sales.map((s) => `${groups.of(s.buyer)} ${groups.of(s.payee)}`));
  const isMutual = (a: string, b: string): boolean => bought.has(`${a} ${b}`) && bought.has(`${b} ${a}`);
  const perPair = new Map<string, number>();
  for (const s of sales) {
    const pair = `${groups.of(s.payee)} ${groups.of(s.buyer)}`;
    perPair.set(pair, (perPair.get(pair) ?? 0) + 1);
  }
  return new Map(sales.map((s) => {
    const [seller, buyer] = [groups.of(s.payee), groups.of(s.buyer)];
    const isLinked = seller === buyer || isMutual(seller, buyer);
    return [s.orderId, isLinked ? linkedWeight : Math.min(1, pairCap / perPair.get(`${seller} ${buyer}`)!)];
  }));
}

/** Union–find over account names. */
class Groups {
  readonly #parent = new Map<string, string>();

  of(account: string): string {
    let root = account;
    for (let up = this.#parent.get(root); up !== undefined && up !== root; up = this.#parent.get(root)) root = up;
    if (root !== account) this.#parent.set(account, root);
    return root;
  }

  join(a: string, b: string): void {
    const [x, y] = [this.of(a), this.of(b)].sort() as [string, string];
    if (x !== y) this.#parent.set(y, x);
  }
}
