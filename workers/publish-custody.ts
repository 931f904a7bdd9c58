import type { DataSource } from "typeorm";
import type { KeyWrapper } from "../crypto/custody/key-wrapper.js";

/** Tells the api, which holds no keyring, what clients wrap their own file keys for. */
export async function publishCustody(database: DataSource, fileKeys: Pick<KeyWrapper, "custody">): Promise<void> {
  const { version, recipient } = fileKeys.custody();
  await database.query("insert into app.custody_recipient (version, recipient) values ($1, $2) on conflict (version) do update set recipient = excluded.recipient", [version, recipient]);
}
