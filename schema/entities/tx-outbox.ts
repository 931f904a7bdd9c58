import { Column, Entity, PrimaryColumn } from "typeorm";
import { bigintColumn } from "./columns.js";

/** A transaction of a platform role; one row a purpose, signed bytes stored before broadcast. */
@Entity("tx_outbox", { schema: "app" })
export class TxOutbox {
  @PrimaryColumn("bigint", { transformer: bigintColumn, generated: "identity", generatedIdentity: "ALWAYS" }) id!: bigint;
  /** What the transaction is for; unique, so that running a job twice sends one transaction. */
  @Column("text") purpose!: string;
  @Column("text") role!: string;
  @Column("text") target!: string;
  @Column("text") data!: string;
  @Column("text", { default: () => "'QUEUED'" }) status!: string;
  @Column("integer", { nullable: true }) nonce!: number | null;
  @Column("text", { nullable: true }) signed!: string | null;
  @Column("text", { nullable: true }) hash!: string | null;
  @Column("integer", { nullable: true }) blockNumber!: number | null;
  @Column("text", { nullable: true }) blockHash!: string | null;
  @Column("text", { nullable: true }) errorCode!: string | null;
  @Column("text", { nullable: true }) errorMessage!: string | null;
  @Column("timestamptz", { default: () => "now()" }) createdAt!: Date;
  @Column("timestamptz", { default: () => "now()" }) updatedAt!: Date;
}
