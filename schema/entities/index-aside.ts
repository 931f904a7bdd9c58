import { Column, Entity, PrimaryColumn } from "typeorm";

/** An index that the indexer put aside while it writes a chain's past. */
@Entity("index_aside")
export class IndexAside {
  @PrimaryColumn("text") name!: string;
  /** The statement that makes it. */
  @Column("text") definition!: string;
}
