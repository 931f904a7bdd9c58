/** What a step of the trade left on the chain, if anything. */
export interface Mark {
  block?: number;
  blockTime?: string;
  tx?: string;
}

export interface StepReport extends Mark {
  name: string;
  ok: boolean;
  ms: number;
}

/** What the price model says of a record: the interval in which it believes the price with a chance of 80 %, in the payment token, and why. */
export interface PredictedPrice {
  p10: { decimal: string };
  p50: { decimal: string; currency: string };
  p90: { decimal: string };
  /** Keccak-256 of the model, as it is on the chain. */
  modelHash: string;
  /** The largest effects first. */
  reasons: { text: string }[];
}

export interface FileReport {
  name: string;
  format: string;
  price: PredictedPrice;
  sha256: { deidentified: string; decrypted: string };
  plaintextRoot: { chain: string; recomputed: string };
  /** SHA-256 of what the stock `age` tool decrypted; left out where it is not installed or does not know the suite. */
  stockAge?: string;
}

export interface RefusalReport {
  case: string;
  refused: boolean;
  code: string;
}

/** The machine-readable report of `npm run demo -- --json`. */
export interface DemoReport {
  ok: boolean;
  steps: StepReport[];
  files: FileReport[];
  refusals: RefusalReport[];
  error?: { step: string; message: string };
}
