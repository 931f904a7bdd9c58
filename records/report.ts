import type { RecordFormat } from "./format.js";
import { rules } from "./rules.js";

/** What was done to a value. `kept` counts the values that passed an allow-rule. */
export type Action = "removed" | "shifted" | "pseudonymised" | "generalised" | "kept";

export interface RuleCount {
  /** Name of the rule, such as `fhir.type.HumanName`. */
  readonly rule: string;
  readonly action: Action;
  /** Element of the standard (`Patient.name`, `PID-5`, `(0010,0010)`, `column 3`), never a value or a header. */
  readonly where: string;
  readonly count: number;
}

/** How far the output could still be linked to a person by what is left in it. */
export interface Risk {
  /** The k asked for, where k-anonymity applies. */
  readonly k: number | null;
  /** People or rows in the smallest class of equal quasi-identifiers. */
  readonly smallestClass: number | null;
  /** Share (0..1) of rows whose quasi-identifiers are unique. */
  readonly uniqueShare: number | null;
  /** Share (0..1) of the quasi-identifiers' detail that generalisation took away. */
  readonly utilityLoss: number | null;
  readonly explanation: string;
}

/** What de-identification did, by rule and count. Holds no value of the record. Plain JSON. */
export interface DeidentificationReport {
  readonly format: RecordFormat;
  readonly rulesVersion: string;
  /** SHA-256 of the rule data, lower-case hex. */
  readonly rulesHash: string;
  readonly records: number;
  readonly patients: number;
  readonly totals: Readonly<Record<Action, number>>;
  readonly rules: readonly RuleCount[];
  readonly risk: Risk;
  readonly warnings: readonly string[];
  /** Of an archive: its files by format. */
  readonly members?: Readonly<Partial<Record<RecordFormat, number>>>;
}

const noActions: Readonly<Record<Action, number>> = { removed: 0, shifted: 0, pseudonymised: 0, generalised: 0, kept: 0 };

/** Patients beyond this many are no longer told apart by the counter: it would cost the memory that streaming saves. */
const patientCap = 2_000_000;

/** Collects counts while a record streams through. */
export class ReportBuilder {
  records = 0;
  /** The first 48 bits of each pseudonym: numbers take a third of the memory of texts. */
  #patients = new Set<number>();
  /** By place, then by rule: one number an action. Nested, for to join the three into a key costs more than all the rest. */
  #counts = new Map<string, Map<string, Record<Action, number>>>();
  #warnings = new Set<string>();
  #risk: Risk | undefined;
  #members: Partial<Record<RecordFormat, number>> | undefined;

  constructor(readonly format: RecordFormat) {}

  count(rule: string, action: Action, where: string, by = 1): void {
    let rules = this.#counts.get(where);
    if (rules === undefined) this.#counts.set(where, (rules = new Map<string, Record<Action, number>>()));
    let actions = rules.get(rule);
    if (actions === undefined) rules.set(rule, (actions = { ...noActions }));
    actions[action] += by;
  }

  /** @param pseudonym - 12 or more hexadecimal digits, never the identity itself. */
  patient(pseudonym: string): void {
    if (this.#patients.size < patientCap) this.#patients.add(Number.parseInt(pseudonym.slice(0, 12), 16));
  }

  warn(text: string): void {
    this.#warnings.add(text);
  }

  risk(risk: Risk): void {
    this.#risk = risk;
  }

  /** Adds what was done to a member of an archive, whose patients are the same by the same pseudonym. */
  absorb(member: ReportBuilder): void {
    this.records += member.records;
    for (const [where, rules] of member.#counts) for (const [rule, actions] of rules) for (const action of Object.keys(actions) as Action[]) if (actions[action] > 0) this.count(rule, action, where, actions[action]);
    for (const patient of member.#patients) if (this.#patients.size < patientCap) this.#patients.add(patient);
    for (const warning of member.#warnings) this.#warnings.add(warning);
    if (member.#risk !== undefined) this.#risk ??= member.#risk;
  }

  /** Counts a file of an archive. */
  member(format: RecordFormat): void {
    this.#members ??= {};
    this.#members[format] = (this.#members[format] ?? 0) + 1;
  }

  /** Whether quasi-identifiers were grouped and written. */
  get grouped(): boolean { return this.#risk !== undefined; }

  /** @returns the formats of the files so far; of no archive, its own. */
  contents(): RecordFormat[] { return this.#members === undefined ? [this.format] : Object.keys(this.#members).sort() as RecordFormat[]; }

  /** Says that k-anonymity, if a part has it, does not hold for the whole. */
  mixed(): void { this.#risk = undefined; }

  build(): DeidentificationReport {
    const totals = { ...noActions };
    const list: RuleCount[] = [];
    for (const [where, rules] of this.#counts) for (const [rule, actions] of rules) for (const action of Object.keys(actions) as Action[]) {
      const count = actions[action];
      if (count === 0) continue;
      totals[action] += count;
      list.push({ rule, action, where, count });
    }
    list.sort((a, b) => a.rule.localeCompare(b.rule) || a.where.localeCompare(b.where) || a.action.localeCompare(b.action));
    return {
      format: this.format, rulesVersion: rules.version, rulesHash: rules.rulesHash,
      records: this.records, patients: this.#patients.size, totals, rules: list,
      risk: this.#risk ?? {
        k: null, smallestClass: null, uniqueShare: null, utilityLoss: null,
        explanation: "Direct identifiers are removed and dates are shifted. Rare combinations of conditions, procedures or images can still single a person out for someone who already knows them; the buyer's licence forbids the attempt.",
      },
      warnings: [...this.#warnings].sort(),
      ...(this.#members === undefined ? {} : { members: this.#members }),
    };
  }
}
