import { Column, Entity, PrimaryColumn } from "typeorm";
import { bigintColumn } from "./columns.js";

/** A job that gave up, with its reason. */
@Entity("dead_letter", { schema: "app" })
export class DeadLetter {
  @PrimaryColumn("bigint", { transformer: bigintColumn, generated: "identity", generatedIdentity: "ALWAYS" }) id!: bigint;
  @Column("text") queue!: string;
  @Column("text") jobKey!: string;
  @Column("text") errorCode!: string;
  @Column("text") errorMessage!: string;
  @Column("integer") attempts!: number;
  @Column("timestamptz", { default: () => "now()" }) failedAt!: Date;
  @Column("timestamptz", { nullable: true }) retriedAt!: Date | null;
}
