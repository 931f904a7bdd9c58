import { randomUUID } from "node:crypto";
import type { DataSource } from "typeorm";
import { nodeBackend as backend } from "../../crypto/backend/node.js";
import { createKeyWrapper } from "../../crypto/custody/key-wrapper.js";
import { keyringKek } from "../../crypto/custody/keyring-kek.js";
import { newKeyring, withNewKek } from "../../crypto/custody/keyring.js";
import { newFileKey } from "../../crypto/envelope/encrypt-stream.js";
import { defaultSuite } from "../../crypto/suite-names.js";
import { connectDatabase } from "../../platform/database/connect.js";
import { migrate } from "../../platform/database/migrate.js";
import { openHome } from "../../platform/embedded/home.js";
import { startPostgres } from "../../platform/embedded/postgres.js";
import { rotateKeys } from "../../workers/rotate-keys.js";

export interface Rotation {
  /** Seconds on the clock, Postgres durable. */
  readonly seconds: number;
  /** Records that were sealed anew after the rotation was stopped half-way and started again: none of them twice. */
  readonly rotated: number;
}

/** Rows written in one statement. */
const batch = 5_000;

/** Rotates the keys of so many records in a Postgres of its own, with one stop in the middle. Every row has a record key of its own, really sealed. */
export async function measureRotation(records: number): Promise<Rotation> {
  const home = await openHome(null);
  const postgres = await startPostgres({ home: home.path, durable: true });
  let database: DataSource | undefined;
  try {
    database = await connectDatabase({ url: postgres.url, service: "bench", statementTimeoutMs: 0 });
    await migrate(database);
    let keyring = newKeyring(backend);
    const kek = keyringKek(backend, () => keyring);
    const fileKeys = createKeyWrapper(backend, kek, () => keyring.identities);
    // A rotation does not look at the file key's own part, which takes milliseconds to make: one serves all.
    const sample = await fileKeys.wrap(randomUUID(), newFileKey(backend), defaultSuite);
    for (let done = 0; done < records; done += batch) {
      const rows = await Promise.all(
        Array.from({ length: Math.min(batch, records - done) }, async () => {
          const recordId = randomUUID();
          return { recordId, wrapped: JSON.stringify({ ...sample, recordId, recordKey: await kek.seal(sample.kekVersion, ["record-key", recordId, defaultSuite], backend.randomBytes(32)) }) };
        }),
      );
      await database.query("insert into app.record_key (record_id, suite, kek_version, wrapped) select id, $4, $3, wrapped::jsonb from unnest($1::uuid[], $2::text[]) as n (id, wrapped)", [
        rows.map(({ recordId }) => recordId), rows.map(({ wrapped }) => wrapped), sample.kekVersion, sample.suite,
      ]);
    }
    await database.query("vacuum analyze app.record_key");
    keyring = withNewKek(backend, keyring);
    const newestVersion = await kek.currentVersion();
    const stopped = new AbortController();
    const began = performance.now();
    let first = 0;
    await rotateKeys({ database, fileKeys, newestVersion, signal: stopped.signal, onProgress: (rotated) => {
      first = rotated;
      if (rotated >= records / 2) stopped.abort();
    } }).catch((error: unknown) => {
      if (!stopped.signal.aborted) throw error;
    });
    const rest = await rotateKeys({ database, fileKeys, newestVersion });
    return { seconds: (performance.now() - began) / 1000, rotated: first + rest };
  } finally {
    await database?.destroy();
    await postgres.stop();
    home.release();
  }
}
