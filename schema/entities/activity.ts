import { Column, Entity, PrimaryColumn } from "typeorm";
import { bigintColumn } from "./columns.js";

/** One change on the platform: the numbered feed of uploads, grants and jobs. */
@Entity("activity", { schema: "app" })
export class Activity {
  /** Number in the feed, from 1, without gaps. */
  @PrimaryColumn("bigint", { transformer: bigintColumn }) seq!: bigint;
  @Column("timestamptz", { default: () => "now()" }) at!: Date;
  @Column("text") kind!: string;
  @Column("text", { nullable: true }) account!: string | null;
  @Column("uuid", { nullable: true }) uploadId!: string | null;
  @Column("uuid", { nullable: true }) grantId!: string | null;
  @Column("text", { nullable: true }) listingId!: string | null;
  @Column("text", { nullable: true }) orderId!: string | null;
  /** Of AUDIT: the number in the market's feed after which it stands, when the two are told as one. Null for other kinds, and before that was noted. */
  @Column("bigint", { nullable: true, transformer: bigintColumn }) marketSeq!: bigint | null;
  @Column("jsonb", { default: () => "'{}'" }) payload!: unknown;
}
