import { Column, Entity, PrimaryColumn } from "typeorm";

/** What one check of a record set found. Rows are added, never changed. */
@Entity("check_result", { schema: "app" })
export class CheckResult {
  @PrimaryColumn("uuid") uploadId!: string;
  /** Version of the list of checks. */
  @PrimaryColumn("integer") listVersion!: number;
  @PrimaryColumn("text") name!: string;
  @Column("text") outcome!: string;
  /** Whether a failure stops the upload. */
  @Column("boolean") blocking!: boolean;
  /** `PLATFORM`, or `PROVIDER`: the word of who uploaded it in client-side mode. */
  @Column("text", { default: () => "'PLATFORM'" }) attestedBy!: string;
  /** Counts and shares, never a value of the record. */
  @Column("jsonb") evidence!: unknown;
  @Column("timestamptz", { default: () => "now()" }) checkedAt!: Date;
}
