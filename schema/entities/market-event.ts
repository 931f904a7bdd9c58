import { Column, Entity, PrimaryColumn } from "typeorm";
import { bigintColumn } from "./columns.js";

/** One event applied or reverted: the numbered, gap-free feed. */
@Entity("market_event")
export class MarketEvent {
  /** Number in the feed, from 1, without gaps. */
  @PrimaryColumn("bigint", { transformer: bigintColumn }) seq!: bigint;
  /** APPLY or REVERT. */
  @Column("text") op!: string;
  @Column("text") name!: string;
  @Column("integer") blockNumber!: number;
  @Column("text") blockHash!: string;
  @Column("timestamptz") blockTime!: Date;
  @Column("text") transactionHash!: string;
  @Column("integer") logIndex!: number;
  /** Number among the events that the log tells, from 0. */
  @Column("integer") logPart!: number;
  @Column("text", { nullable: true }) listingId!: string | null;
  @Column("text", { nullable: true }) orderId!: string | null;
  @Column("text", { nullable: true }) account!: string | null;
  @Column("jsonb") payload!: unknown;
  /** Why the event could not be applied, if it could not. */
  @Column("text", { nullable: true }) invalidReason!: string | null;
  /** The APPLY row that this REVERT takes back. */
  @Column("bigint", { nullable: true, transformer: bigintColumn }) reverts!: bigint | null;
}
