import { Column, Entity, PrimaryColumn } from "typeorm";

/** A block that carries at least one event of ours. */
@Entity("block")
export class Block {
  @PrimaryColumn("integer") number!: number;
  @Column("text") hash!: string;
  @Column("timestamptz") time!: Date;
  @Column("text", { nullable: true }) signer!: string | null;
}
