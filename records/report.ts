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
}

/** Patients beyond this many are no longer told apart by the counter: it would cost the memory that streaming saves. */
const patientCap = 2_000_000;

/** Collects counts while a record streams through. */
export class ReportBuilder {
  records = 0;
  #patients = new Set<string>();
  #counts = new Map<string, number>();
  #warnings = new Set<string>();
  #risk: Risk | undefined;

  constructor(readonly format: RecordFormat) {}

  count(rule: string, action: Action, where: string, by = 1): void {
    const key = `${rule}\n${action}\n${where}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + by);
  }

  /** @param pseudonym - never the identity itself. */
  patient(pseudonym: string): void {
    if (this.#patients.size < patientCap) this.#patients.add(pseudonym);
  }

  warn(text: string): void {
    this.#warnings.add(text);
  }

  risk(risk: Risk): void {
    this.#risk = risk;
  }

  build(): DeidentificationReport {
    const totals: Record<Action, number> = { removed: 0, shifted: 0, pseudonymised: 0, generalised: 0, kept: 0 };
    const list = [...this.#counts].map(([key, count]): RuleCount => {
      const [rule = "", action = "removed", where = ""] = key.split("\n") as [string, Action, string];
      totals[action] += count;
      return { rule, action, where, count };
    });
    list.sort((a, b) => a.rule.localeCompare(b.rule) || a.where.localeCompare(b.where) || a.action.localeCompare(b.action));
    return {
      format: this.format, rulesVersion: rules.version, rulesHash: rules.rulesHash,
      records: this.records, patients: this.#patients.size, totals, rules: list,
      risk: this.#risk ?? {
        k: null, smallestClass: null, uniqueShare: null, utilityLoss: null,
        explanation: "Direct identifiers are removed and dates are shifted. Rare combinations of conditions, procedures or images can still single a person out for someone who already knows them; the buyer's licence forbids the attempt.",
      },
      warnings: [...this.#warnings].sort(),
    };
  }
}
