import { Entity, PrimaryColumn } from "typeorm";

/** Holds no rows: writers of listings and of documents lock it, so that neither overlooks the other. */
@Entity("listing_search_lock", { schema: "app" })
export class ListingSearchLock {
  @PrimaryColumn("smallint") id!: number;
}
