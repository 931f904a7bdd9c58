import { Column, Entity, PrimaryColumn } from "typeorm";
import { bigintColumn } from "./columns.js";

/** A version of what is drawn for a listing, or asked for: true from `fromBlock` up to, not including, `toBlock`. */
@Entity("assignment")
export class Assignment {
  @PrimaryColumn("text") listingId!: string;
  /** First block of which this version is true. */
  @PrimaryColumn("integer") fromBlock!: number;
  /** First block of which it is true no more; null while it still is. */
  @Column("integer", { nullable: true }) toBlock!: number | null;
  /** REQUESTED, DRAWN or OPEN; that the drawn auditors' time is over has no event. */
  @Column("text") status!: string;
  /** The round that it is bound to, or was drawn by, or that failed last. */
  @Column("bigint", { transformer: bigintColumn }) round!: bigint;
  @Column("smallint") failedDraws!: number;
  /** The round's seed, once it is drawn. */
  @Column("text", { nullable: true }) seed!: string | null;
  /** Until when only the drawn auditors may vote, in seconds since 1970, as if no pause came. */
  @Column("bigint", { nullable: true, transformer: bigintColumn }) exclusiveUntil!: bigint | null;
  @Column("timestamptz") blockTime!: Date;
  @Column("text") transactionHash!: string;
  @Column("integer") logIndex!: number;
}
