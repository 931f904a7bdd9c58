import type { Readable } from "node:stream";
import { DataStore, Upload as TusUpload } from "@tus/server";
import { nodeBackend } from "../../crypto/backend/node.js";
import { stagingCipher, type StagingKey } from "../../crypto/sealed-staging.js";
import { unwrapStagingKey } from "../../crypto/staging-key.js";
import { single } from "../../platform/objects/single.js";
import { stagedFile, type StagedFile } from "../../platform/objects/staged-parts.js";
import { stagingFolder } from "../../platform/objects/staging-folder.js";
import { Upload } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import type { ApiDeps } from "../deps.js";
import { enqueue } from "../queue/enqueue.js";
import { recordUpload } from "./record-upload.js";
import { requestChecksum, verified } from "./upload-checksum.js";

/** Between two words on the progress of one request, in ms. */
const tellEveryMs = 1_000;

type StoreDeps = Pick<ApiDeps, "database" | "objects" | "queues" | "keys" | "log">;

/**
 * Where tus puts bytes: encrypted parts in the object store, everything else in Postgres, nothing in memory. So any api goes on where
 * another was killed. The store's parts say how much there is; `received` only tells it to the owner.
 */
export class UploadStore extends DataStore {
  readonly #deps: StoreDeps;

  constructor(deps: StoreDeps) {
    super();
    this.#deps = deps;
    this.extensions = ["checksum"];
  }

  /** @throws AppError NOT_FOUND, CONFLICT once it is over */
  override async getUpload(id: string): Promise<TusUpload> {
    const upload = await this.#find(id);
    let offset = Number(upload.size);
    if (upload.status === "CREATED") {
      offset = await this.#file(upload).size();
      // A process may have died between the last part and the next line.
      await this.#told(upload, offset);
    } else if (["REFUSED", "FAILED", "WITHDRAWN"].includes(upload.status)) {
      throw new AppError("CONFLICT", `The upload is ${upload.status}.`);
    }
    return new TusUpload({ id, size: Number(upload.size), offset, creation_date: upload.createdAt.toISOString() });
  }

  /** Appends what arrives. @returns the new size. What was stored before a broken connection stays; of a request with a checksum all or nothing. */
  override async write(stream: Readable, id: string, offset: number): Promise<number> {
    const upload = await this.#find(id);
    if (upload.status !== "CREATED") throw new AppError("CONFLICT", `The upload is ${upload.status}.`);
    const key = unwrapStagingKey(nodeBackend, this.#deps.keys.staging, id, upload.stagingKey);
    const file = this.#file(upload);
    const checksum = requestChecksum();
    const body = checksum === null ? this.#telling(upload, stream) : single(await verified(stream, checksum));
    try {
      return await file.append(offset, encrypt(key, offset, body));
    } finally {
      await this.#told(upload, await file.size());
    }
  }

  async #find(id: string): Promise<Upload> {
    const upload = await this.#deps.database.getRepository(Upload).findOneBy({ id });
    if (!upload) throw new AppError("NOT_FOUND", "No such upload of yours.");
    return upload;
  }

  #file(upload: Pick<Upload, "id" | "region">): StagedFile {
    return stagedFile(this.#deps.objects, `${stagingFolder(this.#deps.objects, upload)}/source`);
  }

  /** Tells the owner now and then how far one long request is. */
  async *#telling(upload: Upload, source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let told = Date.now();
    for await (const chunk of source) {
      yield chunk;
      if (Date.now() - told < tellEveryMs) continue;
      told = Date.now();
      await this.#told(upload, await this.#file(upload).size());
    }
  }

  /** Writes down how much there is; with the last byte the upload is RECEIVED and goes on to the workers. */
  async #told(upload: Upload, received: number): Promise<void> {
    const isComplete = BigInt(received) === upload.size;
    if (!isComplete && BigInt(received) === upload.received) return;
    const { database } = this.#deps;
    const changed = await database.transaction(async (manager) => {
      const [rows] = (await manager.query("update app.upload set received = $2, status = $3, updated_at = now() where id = $1 and status = 'CREATED' returning id", [
        upload.id,
        received,
        isComplete ? "RECEIVED" : "CREATED",
      ])) as [unknown[], number];
      if (rows.length > 0) await recordUpload(manager, upload, { status: isComplete ? "RECEIVED" : "CREATED", received: String(received) });
      return rows.length > 0;
    });
    if (changed && isComplete) await enqueue(this.#deps, "ingest", upload.id, { uploadId: upload.id });
    if (changed) return;
    // Withdrawn while bytes were still arriving: they must not outlive it.
    const now = await database.getRepository(Upload).findOneBy({ id: upload.id });
    if (now?.status === "WITHDRAWN") await this.#file(upload).delete();
  }
}

async function* encrypt(key: StagingKey, offset: number, source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const cipher = stagingCipher(nodeBackend, key, offset);
  for await (const chunk of source) yield cipher.update(chunk);
}
