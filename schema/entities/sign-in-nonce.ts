import { Column, Entity, PrimaryColumn } from "typeorm";

/** A sign-in challenge that was not used yet. */
@Entity("sign_in_nonce", { schema: "app" })
export class SignInNonce {
  @PrimaryColumn("text") nonce!: string;
  @Column("text") account!: string;
  @Column("timestamptz") expiresAt!: Date;
}
