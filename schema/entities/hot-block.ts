import { Column, Entity, PrimaryColumn } from "typeorm";

/** A block that a re-org may still take back. */
@Entity("hot_block")
export class HotBlock {
  @PrimaryColumn("integer") height!: number;
  @Column("text") hash!: string;
}
