import { Column, Entity, PrimaryColumn } from "typeorm";
import { bigintColumn } from "./columns.js";

/** A read of a record, sequenced and hash-chained. */
@Entity("access_record", { schema: "app" })
export class AccessRecord {
  /** Number in the feed, from 1, without gaps. */
  @PrimaryColumn("bigint", { transformer: bigintColumn }) seq!: bigint;
  @Column("bigint", { transformer: bigintColumn }) inboxId!: bigint;
  @Column("timestamptz") at!: Date;
  @Column("text", { nullable: true }) account!: string | null;
  @Column("text") action!: string;
  @Column("text") outcome!: string;
  @Column("uuid", { nullable: true }) grantId!: string | null;
  @Column("text", { nullable: true }) listingId!: string | null;
  @Column("text", { nullable: true }) orderId!: string | null;
  @Column("bigint", { nullable: true, transformer: bigintColumn }) firstByte!: bigint | null;
  @Column("bigint", { nullable: true, transformer: bigintColumn }) lastByte!: bigint | null;
  /** 16 random bytes in hex, covered by the hash; null in records made before there were salts. */
  @Column("text", { nullable: true }) salt!: string | null;
  @Column("text") previousHash!: string;
  @Column("text") hash!: string;
  @Column("bigint", { nullable: true, transformer: bigintColumn }) batchIndex!: bigint | null;
}
