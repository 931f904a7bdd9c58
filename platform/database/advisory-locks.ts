/**
 * Every advisory lock of ours, in one place: they share one space of numbers in a database, and two with one number would shut each other out.
 * `uploads` and `outbox` are the first of two 32-bit keys; Postgres keeps those apart from the single-key ones.
 */
export const advisoryLocks = {
  /** One migration runner at a time. */
  migrations: 7_214_001,
  /** One indexer writes. */
  indexerWriter: 7_214_002,
  /** One sequencer of the access log. */
  accessSequencer: 7_214_003,
  /** One operator at the key-encryption keys. */
  keysOperator: 7_214_004,
  /** One change of the registry of price models at a time. */
  modelRegistry: 7_214_005,
  /** One training of the price model at a time. */
  modelTraining: 7_214_006,
  /** One writer an upload. */
  uploads: 7_214_010,
  /** One sender a platform role. */
  outbox: 7_214_011,
} as const;
