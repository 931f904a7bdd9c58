import { Column, Entity, PrimaryColumn } from "typeorm";
import { bigintColumn } from "./columns.js";

/** What an API key asked for on one day (UTC). */
@Entity("api_key_usage", { schema: "app" })
export class ApiKeyUsage {
  @PrimaryColumn("uuid") keyId!: string;
  @PrimaryColumn("date") day!: string;
  @Column("bigint", { transformer: bigintColumn }) requests!: bigint;
  /** Of them, refused for their cost or the budget. */
  @Column("bigint", { transformer: bigintColumn }) refused!: bigint;
  @Column("bigint", { transformer: bigintColumn }) cost!: bigint;
  @Column("timestamptz") lastAt!: Date;
}
