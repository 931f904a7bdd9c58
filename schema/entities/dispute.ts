import { Column, Entity, PrimaryColumn } from "typeorm";
import { bigintColumn } from "./columns.js";

/** A version of the dispute of an order: true from `fromBlock` up to, not including, `toBlock`. An order has one dispute at most. */
@Entity("dispute")
export class Dispute {
  @PrimaryColumn("text") orderId!: string;
  /** First block of which this version is true. */
  @PrimaryColumn("integer") fromBlock!: number;
  /** First block of which it is true no more; null while it still is. */
  @Column("integer", { nullable: true }) toBlock!: number | null;
  @Column("text") listingId!: string;
  @Column("text") buyer!: string;
  /** OPEN, FOR_BUYER (refunded) or FOR_PAYEE (settled: by vote, or as nobody decided in time). */
  @Column("text") status!: string;
  /** 0: nothing opens, 1: a stored chunk does not decrypt, 2: a chunk is not what was offered. */
  @Column("smallint") claim!: number;
  /** Of the chunk that is complained of, in its Merkle tree. */
  @Column("numeric", { precision: 78, scale: 0, transformer: bigintColumn }) leafIndex!: bigint;
  @Column("text") leafHash!: string;
  /** Seconds since 1970; a pause of the market after it was told moves it. */
  @Column("bigint", { transformer: bigintColumn }) voteUntil!: bigint;
  /** Votes cast; which of them still count the contract's `disputeOf` knows. */
  @Column("smallint") votesForBuyer!: number;
  @Column("smallint") votesForPayee!: number;
  @Column("integer") openedBlock!: number;
  @Column("timestamptz") openedTime!: Date;
  @Column("text") openedTransaction!: string;
  @Column("integer", { nullable: true }) resolvedBlock!: number | null;
  @Column("timestamptz", { nullable: true }) resolvedTime!: Date | null;
  @Column("text", { nullable: true }) resolvedTransaction!: string | null;
  @Column("timestamptz") blockTime!: Date;
  @Column("text") transactionHash!: string;
  @Column("integer") logIndex!: number;
}
