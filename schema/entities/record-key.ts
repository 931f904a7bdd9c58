import { Column, Entity, PrimaryColumn } from "typeorm";

/** A record's wrapped file key; destroying it erases the record. */
@Entity("record_key", { schema: "app" })
export class RecordKey {
  @PrimaryColumn("uuid") recordId!: string;
  @Column("text") suite!: string;
  @Column("integer") kekVersion!: number;
  @Column("jsonb", { nullable: true }) wrapped!: unknown;
  @Column("timestamptz", { default: () => "now()" }) createdAt!: Date;
  @Column("timestamptz", { nullable: true }) destroyedAt!: Date | null;
}
