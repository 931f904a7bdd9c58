import { Column, Entity, PrimaryColumn } from "typeorm";

/** A member of a ring, by its public key alone. */
@Entity("ring_member")
export class RingMember {
  @PrimaryColumn("text") id!: string;
  @Column("text") ringHash!: string;
  /** From 0, by rising x. */
  @Column("integer") position!: number;
  /** x and y of a point of alt_bn128: 0x and 128 digits. */
  @Column("text") key!: string;
  @Column("integer") blockNumber!: number;
  @Column("timestamptz") blockTime!: Date;
  @Column("text") transactionHash!: string;
  @Column("integer") logIndex!: number;
}
