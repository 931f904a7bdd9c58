import { Column, Entity, PrimaryColumn } from "typeorm";

/** The age recipient behind a commitment on the chain. */
@Entity("recipient", { schema: "app" })
export class Recipient {
  @PrimaryColumn("text") commitment!: string;
  @Column("text") account!: string;
  @Column("text") recipient!: string;
  @Column("timestamptz", { default: () => "now()" }) createdAt!: Date;
}
