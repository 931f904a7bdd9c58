import type { EntityManager } from "typeorm";
import type { KeyWrapper } from "../crypto/custody/key-wrapper.js";
import type { Suite } from "../crypto/suite-names.js";
import { RecordKey } from "../schema/entities/record-key.js";
import { AppError } from "../schema/errors.js";

/** Wraps a file key and writes it, in the caller's transaction. @throws AppError KEY_STORE_UNAVAILABLE, KEY_UNAVAILABLE */
export async function storeKey(manager: EntityManager, fileKeys: KeyWrapper, { recordId, fileKey, suite }: { recordId: string; fileKey: Uint8Array; suite: Suite }): Promise<void> {
  // Locked until the commit, so that the version that seals the key is not retired meanwhile.
  const [floor] = (await manager.query("select version from app.kek_floor for share")) as { version: number }[];
  const wrapped = await fileKeys.wrap(recordId, fileKey, suite);
  if (wrapped.kekVersion < (floor?.version ?? 1)) throw new AppError("KEY_STORE_UNAVAILABLE", "This process still seals under a retired key-encryption key.");
  await manager.getRepository(RecordKey).insert({ recordId, suite, kekVersion: wrapped.kekVersion, wrapped });
}
