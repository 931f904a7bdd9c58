import { Column, Entity, PrimaryColumn } from "typeorm";

/** A version of the price model: its files, how it was trained and compared, and whether it serves. */
@Entity("price_model", { schema: "app" })
export class PriceModelVersion {
  @PrimaryColumn("text") modelHash!: string;
  @Column("text") version!: string;
  @Column("text") calibrationId!: string;
  /** Source, seed, options, rows, data digest, block. */
  @Column("jsonb") training!: unknown;
  /** Null for the model of a release, which had none before it. */
  @Column("jsonb", { nullable: true }) comparison!: unknown;
  /** Null for the model of a release: its files come with the release. */
  @Column("text", { nullable: true }) document!: string | null;
  @Column("bytea", { nullable: true }) weights!: Uint8Array | null;
  /** CHALLENGER, CHAMPION (one at most) or RETIRED. */
  @Column("text") status!: string;
  /** Rises with each promotion and roll-back; 0 for a model that never served. */
  @Column("integer") served!: number;
  @Column("timestamptz", { default: () => "now()" }) createdAt!: Date;
}
