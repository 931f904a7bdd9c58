/** As `IMarketTypes.Offer` of the contract: what the price model said, and what a listing is offered for at first. Prices are in the token's smallest unit. */
export interface Offer {
  /** 0x hex. */
  readonly modelHash: string;
  readonly p10: bigint;
  readonly p50: bigint;
  readonly p90: bigint;
  /** Mask of the purposes of use that are consented to. */
  readonly purposes: number;
  readonly price: bigint;
}
