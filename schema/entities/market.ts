import { Column, Entity, PrimaryColumn } from "typeorm";
import { bigintColumn } from "./columns.js";

/**
 * A version of the market as a whole: who administers it, and its pauses. Market time, which deadlines are measured in, is at Unix time t:
 * t − `stopped` − (while `pausedAt` is set) min(t, `pausedUntil`) + `pausedAt`.
 */
@Entity("market")
export class Market {
  /** Always MARKET. */
  @PrimaryColumn("text") id!: string;
  /** First block of which this version is true. */
  @PrimaryColumn("integer") fromBlock!: number;
  /** First block of which it is true no more; null while it still is. */
  @Column("integer", { nullable: true }) toBlock!: number | null;
  /** The AccessManager. */
  @Column("text", { nullable: true }) authority!: string | null;
  /** When the last pause began, in seconds since 1970; null if there was none, or it was ended early. */
  @Column("bigint", { nullable: true, transformer: bigintColumn }) pausedAt!: bigint | null;
  /** When that pause ends by itself, in seconds since 1970. */
  @Column("bigint", { nullable: true, transformer: bigintColumn }) pausedUntil!: bigint | null;
  /** Seconds of all pauses before that one. */
  @Column("bigint", { transformer: bigintColumn }) stopped!: bigint;
  @Column("timestamptz") blockTime!: Date;
  @Column("text") transactionHash!: string;
  @Column("integer") logIndex!: number;
}
