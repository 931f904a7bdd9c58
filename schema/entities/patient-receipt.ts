import { Column, Entity, PrimaryColumn } from "typeorm";

/** A patient's receipt of a record set; of the receipt itself its SHA-256 alone. */
@Entity("patient_receipt", { schema: "app" })
export class PatientReceipt {
  @PrimaryColumn("bytea") receiptHash!: Uint8Array;
  @Column("uuid") uploadId!: string;
  @Column("timestamptz", { default: () => "now()" }) createdAt!: Date;
  @Column("timestamptz", { nullable: true }) withdrawnAt!: Date | null;
}
