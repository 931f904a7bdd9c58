import { Column, Entity, PrimaryColumn } from "typeorm";

/** A listing's metadata as canonical JSON (RFC 8785), by the hash that stands on the chain. */
@Entity("metadata", { schema: "app" })
export class Metadata {
  @PrimaryColumn("text") hash!: string;
  @Column("text") body!: string;
  @Column("timestamptz", { default: () => "now()" }) createdAt!: Date;
}
