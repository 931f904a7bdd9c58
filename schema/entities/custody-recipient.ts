import { Column, Entity, PrimaryColumn } from "typeorm";

/** The age recipient of one of the platform's identities; the highest version is the one to wrap for. */
@Entity("custody_recipient", { schema: "app" })
export class CustodyRecipient {
  /** Of the identity in the keyring. */
  @PrimaryColumn("integer") version!: number;
  @Column("text") recipient!: string;
  @Column("timestamptz", { default: () => "now()" }) createdAt!: Date;
}
