import { Column, Entity, PrimaryColumn } from "typeorm";
import { bigintColumn } from "./columns.js";

/** The last number given in `app.activity`. */
@Entity("activity_counter", { schema: "app" })
export class ActivityCounter {
  @PrimaryColumn("smallint") id!: number;
  @Column("bigint", { transformer: bigintColumn }) lastSeq!: bigint;
}
