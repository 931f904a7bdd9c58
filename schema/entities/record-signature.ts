import { Column, Entity, PrimaryColumn } from "typeorm";

/** What near duplicates of a record set are found by: MinHash under secret seeds. */
@Entity("record_signature", { schema: "app" })
export class RecordSignature {
  @PrimaryColumn("uuid") uploadId!: string;
  @Column("integer") features!: number;
  @Column("int8", { array: true }) signature!: string[];
  @Column("int8", { array: true }) bands!: string[];
}
