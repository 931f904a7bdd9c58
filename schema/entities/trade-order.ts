import { Column, Entity, PrimaryColumn } from "typeorm";
import { bigintColumn } from "./columns.js";

/** A version of an order, from payment to payout or refund: true from `fromBlock` up to, not including, `toBlock`. */
@Entity("trade_order")
export class TradeOrder {
  @PrimaryColumn("text") id!: string;
  /** First block of which this version is true. */
  @PrimaryColumn("integer") fromBlock!: number;
  /** First block of which it is true no more; null while it still is. */
  @Column("integer", { nullable: true }) toBlock!: number | null;
  @Column("text") listingId!: string;
  @Column("text") buyer!: string;
  /** Chosen by the buyer: the order id is keccak256(listing id, buyer, salt). */
  @Column("text") salt!: string;
  /** In the payment token's smallest unit. */
  @Column("numeric", { precision: 78, scale: 0, transformer: bigintColumn }) price!: bigint;
  /** Mask of `Purpose` bits. */
  @Column("bigint", { transformer: bigintColumn }) purpose!: bigint;
  @Column("text") recipientCommitment!: string;
  @Column("text") status!: string;
  /** Seconds since 1970, inclusive. */
  @Column("bigint", { transformer: bigintColumn }) deliverBy!: bigint;
  @Column("text", { nullable: true }) deliveryCommitment!: string | null;
  /** Seconds since 1970: from the second after, anyone may settle. */
  @Column("bigint", { nullable: true, transformer: bigintColumn }) settleAfter!: bigint | null;
  /** The platform's share, in the payment token's smallest unit. */
  @Column("numeric", { nullable: true, precision: 78, scale: 0, transformer: bigintColumn }) fee!: bigint | null;
  @Column("integer") purchasedBlock!: number;
  @Column("timestamptz") purchasedTime!: Date;
  @Column("text") purchasedTransaction!: string;
  @Column("integer", { nullable: true }) deliveredBlock!: number | null;
  @Column("timestamptz", { nullable: true }) deliveredTime!: Date | null;
  @Column("text", { nullable: true }) deliveredTransaction!: string | null;
  @Column("integer", { nullable: true }) closedBlock!: number | null;
  @Column("timestamptz", { nullable: true }) closedTime!: Date | null;
  @Column("text", { nullable: true }) closedTransaction!: string | null;
  @Column("timestamptz") blockTime!: Date;
  @Column("text") transactionHash!: string;
  @Column("integer") logIndex!: number;
}
