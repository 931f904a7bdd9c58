import { Column, Entity, PrimaryColumn } from "typeorm";

/** A record's wrapped file key; destroying it erases the record. Of threshold custody: where its shares are, which opens nothing. */
@Entity("record_key", { schema: "app" })
export class RecordKey {
  @PrimaryColumn("uuid") recordId!: string;
  @Column("text") suite!: string;
  /** Null where custodians have the key. */
  @Column("integer", { nullable: true }) kekVersion!: number | null;
  /** `WrappedKey`, or `SharesDocument`; null once destroyed. */
  @Column("jsonb", { nullable: true }) wrapped!: unknown;
  @Column("timestamptz", { default: () => "now()" }) createdAt!: Date;
  @Column("timestamptz", { nullable: true }) destroyedAt!: Date | null;
}
