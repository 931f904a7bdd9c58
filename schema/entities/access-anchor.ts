import { Column, Entity, PrimaryColumn } from "typeorm";
import { bigintColumn } from "./columns.js";

/** The Merkle root of a batch of access records, as it stands on the chain. */
@Entity("access_anchor")
export class AccessAnchor {
  @PrimaryColumn("bigint", { transformer: bigintColumn }) batchIndex!: bigint;
  @Column("text") root!: string;
  @Column("integer") count!: number;
  /** Seconds since 1970. */
  @Column("bigint", { transformer: bigintColumn }) firstTime!: bigint;
  /** Seconds since 1970. */
  @Column("bigint", { transformer: bigintColumn }) lastTime!: bigint;
  @Column("integer") blockNumber!: number;
  @Column("timestamptz") blockTime!: Date;
  @Column("text") transactionHash!: string;
  @Column("integer") logIndex!: number;
}
