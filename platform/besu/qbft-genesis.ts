import { encodeRlp, zeroPadValue } from "ethers";

export interface QbftOptions {
  chainId: number;
  /** Addresses of the first validators. */
  validators: readonly string[];
  blockPeriodSeconds: number;
}

/**
 * QBFT's extra data of a genesis block: RLP of [32 bytes vanity, validators, no vote, round 0, no seals].
 * @see https://besu.hyperledger.org/private-networks/how-to/configure/consensus/qbft
 */
export const qbftExtraData = (validators: readonly string[]): string => encodeRlp([zeroPadValue("0x00", 32), [...validators], [], "0x", []]);

/** A genesis without gas fees and without rich accounts (decision D3), up to Cancun: the contracts need `mcopy`. */
export function qbftGenesis({ chainId, validators, blockPeriodSeconds }: QbftOptions): object {
  return {
    config: {
      chainId,
      berlinBlock: 0,
      londonBlock: 0,
      shanghaiTime: 0,
      cancunTime: 0,
      zeroBaseFee: true,
      qbft: { blockperiodseconds: blockPeriodSeconds, epochlength: 30_000, requesttimeoutseconds: blockPeriodSeconds * 2 },
    },
    nonce: "0x0",
    timestamp: "0x0",
    gasLimit: "0x3b9aca00",
    difficulty: "0x1",
    mixHash: "0x63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365",
    coinbase: "0x0000000000000000000000000000000000000000",
    extraData: qbftExtraData(validators),
    alloc: {},
  };
}
