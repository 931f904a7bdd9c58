import { Column, Entity, PrimaryColumn } from "typeorm";
import { bigintColumn } from "./columns.js";

/** A version of a ring of providers who list anonymously, with its quota: true from `fromBlock` up to, not including, `toBlock`. */
@Entity("ring")
export class Ring {
  /** keccak256 of the members' coordinates. */
  @PrimaryColumn("text") hash!: string;
  /** First block of which this version is true. */
  @PrimaryColumn("integer") fromBlock!: number;
  /** First block of which it is true no more; null while it still is. */
  @Column("integer", { nullable: true }) toBlock!: number | null;
  @Column("integer") members!: number;
  /** Listings that the ring may open in an epoch. */
  @Column("integer") quota!: number;
  /** Seconds. */
  @Column("bigint", { transformer: bigintColumn }) epochLength!: bigint;
  /** Number of the epoch that `used` is of: Unix time / `epochLength`; 0 before the first listing. */
  @Column("bigint", { transformer: bigintColumn }) epoch!: bigint;
  @Column("integer") used!: number;
  @Column("boolean") revoked!: boolean;
  @Column("timestamptz") blockTime!: Date;
  @Column("text") transactionHash!: string;
  @Column("integer") logIndex!: number;
}
