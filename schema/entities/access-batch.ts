import { Column, Entity, PrimaryColumn } from "typeorm";
import { bigintColumn } from "./columns.js";

/** A run of access records anchored together. */
@Entity("access_batch", { schema: "app" })
export class AccessBatch {
  @PrimaryColumn("bigint", { transformer: bigintColumn }) batchIndex!: bigint;
  @Column("text") root!: string;
  @Column("bigint", { transformer: bigintColumn }) firstSeq!: bigint;
  @Column("bigint", { transformer: bigintColumn }) lastSeq!: bigint;
  @Column("integer") count!: number;
  /** Seconds since 1970. */
  @Column("bigint", { transformer: bigintColumn }) firstTime!: bigint;
  /** Seconds since 1970. */
  @Column("bigint", { transformer: bigintColumn }) lastTime!: bigint;
  @Column("timestamptz", { default: () => "now()" }) createdAt!: Date;
}
