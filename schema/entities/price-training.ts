import { Column, Entity, PrimaryColumn } from "typeorm";
import { bigintColumn } from "./columns.js";

/** One training of the price model from settled sales, and what came of it. */
@Entity("price_training", { schema: "app" })
export class PriceTraining {
  @PrimaryColumn("bigint", { transformer: bigintColumn, generated: "identity", generatedIdentity: "ALWAYS" }) id!: bigint;
  @Column("bigint", { transformer: bigintColumn }) asOfBlock!: bigint;
  @Column("text") modelHash!: string;
  /** Settled sales that taught or judged. */
  @Column("integer") sales!: number;
  @Column("boolean") promoted!: boolean;
  @Column("text") reason!: string;
  /** Whether settled sales say that the market has moved away from the predictions. */
  @Column("boolean") drifted!: boolean;
  @Column("timestamptz", { default: () => "now()" }) finishedAt!: Date;
}
