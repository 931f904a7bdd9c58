import { Column, Entity, PrimaryColumn } from "typeorm";
import { bigintColumn } from "./columns.js";

/** The last number given in `market_event`; its row lock orders the writers. */
@Entity("feed_counter")
export class FeedCounter {
  @PrimaryColumn("smallint") id!: number;
  @Column("bigint", { transformer: bigintColumn }) lastSeq!: bigint;
}
