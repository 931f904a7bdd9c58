import { Readable } from "node:stream";
import { DeleteObjectCommand, GetObjectCommand, HeadBucketCommand, HeadObjectCommand, ListObjectsV2Command, S3Client, type GetObjectCommandOutput } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { AppError } from "../../schema/errors.js";
import { checkObjectKey } from "./object-key.js";
import type { ObjectStore } from "./object-store.js";

export interface S3Options {
  bucket: string;
  region: string;
  endpoint?: string;
  /** The same store as those outside reach it, for presigned addresses; `endpoint` if unset. */
  publicEndpoint?: string;
  /** MinIO and other servers without a domain a bucket. */
  pathStyle?: boolean;
  /** The SDK's default chain (environment, instance role) if unset. */
  credentials?: { accessKeyId: string; secretAccessKey: string };
}

/** Part size of multipart uploads: S3 wants at least 5 MiB; memory is four times this. */
const partSize = 8 << 20;

export function openS3Store(options: S3Options): ObjectStore {
  const connect = (endpoint: string | undefined): S3Client =>
    new S3Client({
      region: options.region,
      forcePathStyle: options.pathStyle ?? false,
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
    });
  const client = connect(options.endpoint);
  // The host is signed: who signs for another address needs a client of it.
  const outside = options.publicEndpoint === undefined ? client : connect(options.publicEndpoint);
  const Bucket = options.bucket;
  const status = (error: unknown): number | undefined => (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  const translate = (error: unknown): AppError => {
    if (error instanceof AppError) return error;
    if (status(error) === 404) return new AppError("OBJECT_NOT_FOUND", "No such object in the store.", { cause: error });
    if (status(error) === 416) return new AppError("BAD_INPUT", "The byte range lies outside the object.", { cause: error });
    return new AppError("OBJECT_STORE_UNAVAILABLE", `Cannot use the bucket ${Bucket}.`, { cause: error });
  };

  return {
    place: () => "",
    places: [""],

    async put(key, source) {
      checkObjectKey(key);
      let size = 0;
      async function* counted(): AsyncGenerator<Uint8Array> {
        for await (const bytes of source) {
          size += bytes.length;
          yield bytes;
        }
      }
      try {
        // lib-storage aborts the multipart upload when the source or a part fails: nothing half-done stays.
        await new Upload({ client, params: { Bucket, Key: key, Body: Readable.from(counted(), { objectMode: false }) }, partSize, queueSize: 2 }).done();
      } catch (error) {
        throw translate(error);
      }
      return size;
    },

    async get(key, range) {
      checkObjectKey(key);
      let answer: GetObjectCommandOutput;
      try {
        answer = await client.send(new GetObjectCommand({ Bucket, Key: key, ...(range ? { Range: `bytes=${range.first}-${range.last ?? ""}` } : {}) }));
      } catch (error) {
        throw translate(error);
      }
      // "bytes 0-99/1234": the last number is the whole object's size.
      const size = Number(answer.ContentRange?.split("/")[1] ?? answer.ContentLength ?? 0);
      return { size, body: (answer.Body as Readable | undefined) ?? Readable.from([]) };
    },

    async presign(key, seconds) {
      checkObjectKey(key);
      try {
        return await getSignedUrl(outside, new GetObjectCommand({ Bucket, Key: key }), { expiresIn: seconds });
      } catch (error) {
        throw translate(error); // no credentials to sign with
      }
    },

    async head(key) {
      try {
        const { ContentLength } = await client.send(new HeadObjectCommand({ Bucket, Key: checkObjectKey(key) }));
        return { size: ContentLength ?? 0 };
      } catch (error) {
        if (status(error) === 404) return null;
        throw translate(error);
      }
    },

    async list(prefix) {
      const found: { key: string; size: number }[] = [];
      try {
        for (let token: string | undefined; ; ) {
          const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix: prefix, ...(token === undefined ? {} : { ContinuationToken: token }) }));
          for (const { Key, Size } of page.Contents ?? []) if (Key !== undefined) found.push({ key: Key, size: Size ?? 0 });
          token = page.NextContinuationToken;
          if (token === undefined) return found.sort((a, b) => (a.key < b.key ? -1 : 1));
        }
      } catch (error) {
        throw translate(error);
      }
    },

    async delete(key) {
      try {
        await client.send(new DeleteObjectCommand({ Bucket, Key: checkObjectKey(key) }));
      } catch (error) {
        throw translate(error);
      }
    },

    async ping() {
      try {
        await client.send(new HeadBucketCommand({ Bucket }));
      } catch (cause) {
        throw new AppError("OBJECT_STORE_UNAVAILABLE", `Cannot reach the bucket ${Bucket}.`, { cause });
      }
    },

    close() {
      client.destroy();
      outside.destroy();
    },
  };
}
