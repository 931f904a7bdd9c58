import { Column, Entity, PrimaryColumn } from "typeorm";
import { bigintColumn } from "./columns.js";

/** A version of a dataset offered on the chain: true from `fromBlock` up to, not including, `toBlock`. Written by the indexer alone. */
@Entity("listing")
export class Listing {
  @PrimaryColumn("text") id!: string;
  /** First block of which this version is true. */
  @PrimaryColumn("integer") fromBlock!: number;
  /** First block of which it is true no more; null while it still is. */
  @Column("integer", { nullable: true }) toBlock!: number | null;
  @Column("text") status!: string;
  /** Null for an anonymous listing. */
  @Column("text", { nullable: true }) provider!: string | null;
  @Column("text") payee!: string;
  @Column("text") contentHash!: string;
  @Column("text") plaintextRoot!: string;
  @Column("text") ciphertextRoot!: string;
  @Column("text") keyCommitment!: string;
  @Column("text") metadataHash!: string;
  @Column("text") legalEvidenceHash!: string;
  @Column("text", { nullable: true }) previousId!: string | null;
  /** `DataKind` code. */
  @Column("smallint") dataKind!: number;
  /** ISO 3166-1 numeric. */
  @Column("integer") region!: number;
  /** In the payment token's smallest unit. */
  @Column("numeric", { precision: 78, scale: 0, transformer: bigintColumn }) price!: bigint;
  /** Mask of `Purpose` bits. */
  @Column("bigint", { transformer: bigintColumn }) purposes!: bigint;
  /** Predicted price, 10th percentile, in the payment token's smallest unit. */
  @Column("numeric", { precision: 78, scale: 0, transformer: bigintColumn }) p10!: bigint;
  /** Predicted price, median, in the payment token's smallest unit. */
  @Column("numeric", { precision: 78, scale: 0, transformer: bigintColumn }) p50!: bigint;
  /** Predicted price, 90th percentile, in the payment token's smallest unit. */
  @Column("numeric", { precision: 78, scale: 0, transformer: bigintColumn }) p90!: bigint;
  @Column("text") modelHash!: string;
  @Column("smallint") approvals!: number;
  @Column("smallint") rejections!: number;
  @Column("integer") sales!: number;
  @Column("integer") listedBlock!: number;
  @Column("timestamptz") listedTime!: Date;
  @Column("text") listedTransaction!: string;
  @Column("timestamptz") blockTime!: Date;
  @Column("text") transactionHash!: string;
  @Column("integer") logIndex!: number;
}
