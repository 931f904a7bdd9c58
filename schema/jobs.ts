import { z } from "zod";

const upload = z.strictObject({ uploadId: z.uuid() });

/**
 * Every queue and its payload. Payloads carry ids, never bytes or keys.
 * The state that a job works on is in Postgres: `workers/dispatch.ts` finds any job again that a queue lost.
 */
export const jobs = {
  /** RECEIVED → INGESTED: recognise the format, validate the whole file. */
  ingest: upload,
  /** INGESTED → DEIDENTIFIED: write the de-identified file and its report and profile. */
  deidentify: upload,
  /** DEIDENTIFIED → CHECKED: look at the output again, beside its source, and write down what each check found. */
  check: upload,
  /** CHECKED → PRICED: predict the price interval. */
  price: upload,
  /** PRICED → ENCRYPTED: fresh file key, age payload, commitments. */
  encrypt: upload,
  /** ENCRYPTED → STORED: move the payload to the provider's object store, write the metadata, ask for consent. */
  store: upload,
  /** CONSENTED → SUBMITTED: put the listing transaction into the outbox. */
  publish: upload,
  /** Re-wrap a record's file key for one recipient; for an order, also record the delivery on the chain. */
  deliver: z.strictObject({ grantId: z.uuid() }),
  /** Destroy a record's key and object for good, and certify it. */
  erase: upload,
  /** Sequence the access log and anchor what is due. */
  anchor: z.strictObject({}),
  /** Train the price model anew from the settled sales. */
  retrain: z.strictObject({}),
} as const satisfies Record<string, z.ZodType>;

export type QueueName = keyof typeof jobs;
export type JobPayload<Name extends QueueName> = z.infer<(typeof jobs)[Name]>;

/** The queue that takes an upload on from a status; statuses that wait for a person, or are over, have none. */
export const queueOfStatus = {
  RECEIVED: "ingest",
  INGESTED: "deidentify",
  DEIDENTIFIED: "check",
  CHECKED: "price",
  PRICED: "encrypt",
  ENCRYPTED: "store",
  CONSENTED: "publish",
} as const satisfies Record<string, QueueName>;
