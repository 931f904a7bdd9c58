import { Column, Entity, PrimaryColumn } from "typeorm";
import { bigintColumn } from "./columns.js";

/** A proof of membership that began an upload. Which one is kept nowhere. */
@Entity("ring_upload", { schema: "app" })
export class RingUpload {
  /** keccak256 of x and y. */
  @PrimaryColumn("text") keyImage!: string;
  @Column("text") ringHash!: string;
  /** Unix time / the ring's epoch length. */
  @Column("bigint", { transformer: bigintColumn }) epoch!: bigint;
}
