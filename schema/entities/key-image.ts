import { Column, Entity, PrimaryColumn } from "typeorm";

/** A use of a key image: a listing that somebody of a ring opened. The newest of an image is what the contract holds for it. */
@Entity("key_image")
export class KeyImage {
  @PrimaryColumn("text") id!: string;
  /** keccak256 of the point: the same for the same signer and content. */
  @Column("text") keyImage!: string;
  @Column("text") ringHash!: string;
  @Column("text") listingId!: string;
  @Column("integer") blockNumber!: number;
  @Column("timestamptz") blockTime!: Date;
  @Column("text") transactionHash!: string;
  @Column("integer") logIndex!: number;
}
