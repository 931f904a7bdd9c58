import { Column, Entity, PrimaryColumn } from "typeorm";
import { bigintColumn } from "./columns.js";

/** A read of a record, written before it is served. */
@Entity("access_inbox", { schema: "app" })
export class AccessInbox {
  @PrimaryColumn("bigint", { transformer: bigintColumn, generated: "identity", generatedIdentity: "ALWAYS" }) id!: bigint;
  @Column("timestamptz", { default: () => "now()" }) at!: Date;
  @Column("text", { nullable: true }) account!: string | null;
  @Column("text") action!: string;
  @Column("text") outcome!: string;
  @Column("uuid", { nullable: true }) grantId!: string | null;
  @Column("text", { nullable: true }) listingId!: string | null;
  @Column("text", { nullable: true }) orderId!: string | null;
  @Column("bigint", { nullable: true, transformer: bigintColumn }) firstByte!: bigint | null;
  @Column("bigint", { nullable: true, transformer: bigintColumn }) lastByte!: bigint | null;
}
