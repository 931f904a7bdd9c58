/**
 * A place that was mutated. Its mutants have consecutive numbers from `first`: the one whose number is `block.prevrandao` is what
 * runs, and with 0 the contracts are as they were.
 * @typedef {{number: number, id: string, file: string, line: number, operator: string}} Mutant
 */

/** Numbers the mutants, and names them so that a name outlives edits elsewhere: by file, function, expression and change. */
export class Sites {
  /** @type {Mutant[]} */
  mutants = [];
  #seen = new Map();

  /** @param {ReadonlySet<string>} excluded - ids of mutants that do not compile this way; a place that has one is left as it is */
  constructor(excluded) {
    this.excluded = excluded;
  }

  /**
   * @param {{file: string, line: number, scope: string, text: string}} place
   * @param {string} operator - kind of the changes
   * @param {string[]} changes - what each mutant does
   * @returns {number | null} number of the first; null if the place is to be left alone
   */
  open({ file, line, scope, text }, operator, changes) {
    const ids = changes.map((change) => {
      const name = `${file} ${scope}: ${text.replace(/\s+/g, " ")} [${change}]`;
      const count = (this.#seen.get(name) ?? 0) + 1;
      this.#seen.set(name, count);
      return count === 1 ? name : `${name} #${count}`;
    });
    if (ids.some((id) => this.excluded.has(id))) return null;
    const first = this.mutants.length + 1;
    ids.forEach((id, index) => this.mutants.push({ number: first + index, id, file, line, operator }));
    return first;
  }
}
