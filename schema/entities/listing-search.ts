import { Column, Entity, PrimaryColumn } from "typeorm";

/** The current version of a listing, as it is searched. Made by triggers of `listing` and `app.metadata_document`; nobody else writes it. */
@Entity("listing_search", { schema: "app" })
export class ListingSearchRow {
  @Column("bigint") purposes!: string;
  @Column("integer") fromBlock!: number;
  @Column("integer") region!: number;
  /** Of its metadata's document. */
  @Column("integer") number!: number;
  @Column("smallint") dataKind!: number;
  /** The listing's, as bytes. */
  @PrimaryColumn("bytea") id!: Uint8Array;
  /** First letter of the listing's. */
  @Column("char") status!: string;
  /** In the payment token's smallest unit. */
  @Column("numeric") price!: string;
}
