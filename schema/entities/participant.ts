import { Column, Entity, PrimaryColumn } from "typeorm";
import { bigintColumn } from "./columns.js";

/** A version of a participant: true from `fromBlock` up to, not including, `toBlock`. */
@Entity("participant")
export class Participant {
  @PrimaryColumn("text") account!: string;
  /** First block of which this version is true. */
  @PrimaryColumn("integer") fromBlock!: number;
  /** First block of which it is true no more; null while it still is. */
  @Column("integer", { nullable: true }) toBlock!: number | null;
  @Column("text") institution!: string;
  /** Mask of `Role` bits. */
  @Column("integer") roles!: number;
  /** `ParticipantKind` code. */
  @Column("smallint") kind!: number;
  @Column("smallint") auditorSlot!: number;
  @Column("bigint", { transformer: bigintColumn }) generation!: bigint;
  /** Seconds since 1970, inclusive. */
  @Column("bigint", { transformer: bigintColumn }) validUntil!: bigint;
  @Column("boolean") revoked!: boolean;
  @Column("text") credentialCommitment!: string;
  @Column("text") recipientCommitment!: string;
  @Column("timestamptz") blockTime!: Date;
  @Column("text") transactionHash!: string;
  @Column("integer") logIndex!: number;
}
