import { AppError } from "../schema/errors.js";
import { classicSuite, defaultSuite, type Suite, suiteNames } from "./suite-names.js";

/** Bytes of a header for one recipient, and how far the suite is to be trusted. */
export const suites = {
  "age-v1/mlkem768x25519": { recipientPrefix: "age1pq1", headerLength: 1627, postQuantum: true },
  "age-v1/x25519": { recipientPrefix: "age1", headerLength: 168, postQuantum: false },
} as const satisfies Record<Suite, { recipientPrefix: string; headerLength: number; postQuantum: boolean }>;

/** What a record's owner allows, and what the record is. */
export interface SuitePolicy {
  /** The owner opted in to recipients without post-quantum keys. */
  readonly classicAllowed: boolean;
  /** High: genomic, psychiatric, reproductive and the like. */
  readonly sensitivity: "ordinary" | "high";
  /** Years for which the content must stay secret. */
  readonly retentionYears: number;
}

/** Years beyond which a recording of today's traffic is assumed to meet a quantum computer. */
const classicHorizonYears = 10;

/** What holds where nobody said otherwise. */
export const strictPolicy: SuitePolicy = { classicAllowed: false, sensitivity: "high", retentionYears: 100 };

/** Throws SUITE_UNSUPPORTED for anything but a name of the registry. */
export function assertSuite(name: unknown): asserts name is Suite {
  if (!(suiteNames as readonly unknown[]).includes(name)) throw new AppError("SUITE_UNSUPPORTED", "The encryption suite is not one that Galen knows.");
}

/**
 * Chooses the suite for one reader of a record: the recipient's own, if the policy allows that.
 * There is no falling back: a recipient that the policy does not allow is refused, never served in a weaker way.
 * @param recipientSuite - of the reader's recipient ({@link parseRecipient}).
 * Throws SUITE_UNSUPPORTED with the reason.
 */
export function chooseSuite(policy: SuitePolicy, recipientSuite: Suite): Suite {
  if (recipientSuite === defaultSuite) return defaultSuite;
  const refuse = (reason: string) =>
    new AppError("SUITE_UNSUPPORTED", `This record is not given to classic recipients: ${reason}. Use an age1pq1… recipient.`);
  if (!policy.classicAllowed) throw refuse("its owner did not allow them");
  if (policy.sensitivity === "high") throw refuse("it is of high sensitivity");
  if (policy.retentionYears > classicHorizonYears) throw refuse(`it must stay secret for more than ${classicHorizonYears} years`);
  return classicSuite;
}
