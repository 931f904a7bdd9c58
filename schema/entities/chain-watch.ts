import { Column, Entity, PrimaryColumn } from "typeorm";

/** What the writing indexer last saw of the chain's nodes and signers: one row, none before the first look. */
@Entity("chain_watch")
export class ChainWatch {
  @PrimaryColumn("smallint") id!: number;
  @Column("timestamptz") observedAt!: Date;
  /** See `schema/chain-watch.ts`. */
  @Column("jsonb") seen!: unknown;
}
