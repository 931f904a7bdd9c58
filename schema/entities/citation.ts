import { Column, Entity, PrimaryColumn } from "typeorm";
import { bigintColumn } from "./columns.js";

/** A query whose answer was cited, as of a final block. The answer itself is not kept. */
@Entity("citation", { schema: "app" })
export class Citation {
  /** Made of all that was cited: citing the same again is the same citation. */
  @PrimaryColumn("text") id!: string;
  @Column("bigint", { transformer: bigintColumn }) chainId!: bigint;
  @Column("text") marketplace!: string;
  @Column("integer") blockNumber!: number;
  @Column("text") blockHash!: string;
  @Column("timestamptz") blockTime!: Date;
  /** Sorted and printed. */
  @Column("text") query!: string;
  /** RFC 8785. */
  @Column("text") variables!: string;
  @Column("text") queryHash!: string;
  @Column("text") resultHash!: string;
  @Column("integer") resultBytes!: number;
  /** First 8 digits of the hash of each part of the answer, by its path. */
  @Column("jsonb") resultParts!: Record<string, string>;
  /** RFC 6962 root over the ids and metadata hashes of the listings that the answer rests on. */
  @Column("text") metadataRoot!: string;
  @Column("integer") metadataCount!: number;
  /** How many of these documents the platform did not have. */
  @Column("integer") metadataMissing!: number;
  /** Null where they are many. */
  @Column("jsonb", { nullable: true }) metadataHashes!: { listingId: string; metadataHash: string }[] | null;
  @Column("timestamptz", { default: () => "now()" }) createdAt!: Date;
}
