import { Column, Entity, PrimaryColumn } from "typeorm";

/** Lowest version of the key-encryption key that may seal a record's key; one row. */
@Entity("kek_floor", { schema: "app" })
export class KekFloor {
  @PrimaryColumn("smallint") id!: number;
  @Column("integer") version!: number;
}
