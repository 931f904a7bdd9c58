import { fileURLToPath } from "node:url";
import { AppError } from "../../schema/errors.js";
import { readSecretText } from "../secret-file.js";
import { openFolderStore } from "./folder-store.js";
import type { ObjectStore } from "./object-store.js";
import { regionalStore } from "./regional-store.js";

type KeyFiles = { accessKeyFile?: string | undefined; secretKeyFile?: string | undefined };

/** The main store with those of REGION_STORES. @throws AppError CONFIG_INVALID, OBJECT_STORE_UNAVAILABLE */
export async function openObjectStores(url: string, regions: ReadonlyMap<number, string>, keyFiles: KeyFiles = {}): Promise<ObjectStore> {
  const opened = new Map<number, ObjectStore>();
  for (const [region, of] of regions) opened.set(region, await openObjectStore(of, keyFiles));
  return regionalStore(await openObjectStore(url, keyFiles), opened);
}

/**
 * @param url - `file:///folder`, or `s3://bucket?endpoint=http://host:9000&region=eu-central-1&pathStyle=true`; `publicEndpoint=…` is where those outside
 * reach the same store,
 * `accessKeyFile=…&secretKeyFile=…` its own credentials.
 * @throws AppError CONFIG_INVALID, OBJECT_STORE_UNAVAILABLE
 */
export async function openObjectStore(url: string, keyFiles: KeyFiles = {}): Promise<ObjectStore> {
  const parsed = new URL(url);
  if (parsed.protocol === "file:") return openFolderStore(fileURLToPath(parsed));
  if (parsed.protocol !== "s3:" || parsed.host === "") throw new AppError("CONFIG_INVALID", "OBJECT_STORE_URL must be file:///folder or s3://bucket.");
  const { openS3Store } = await import("./s3-store.js"); // the SDK is large: only those who use S3 load it
  const endpoint = parsed.searchParams.get("endpoint");
  const publicEndpoint = parsed.searchParams.get("publicEndpoint");
  const accessKeyFile = parsed.searchParams.get("accessKeyFile") ?? keyFiles.accessKeyFile;
  const secretKeyFile = parsed.searchParams.get("secretKeyFile") ?? keyFiles.secretKeyFile;
  return openS3Store({
    bucket: parsed.host,
    region: parsed.searchParams.get("region") ?? "us-east-1",
    pathStyle: parsed.searchParams.get("pathStyle") === "true",
    ...(endpoint === null ? {} : { endpoint }),
    ...(publicEndpoint === null ? {} : { publicEndpoint }),
    ...(accessKeyFile !== undefined && secretKeyFile !== undefined ? { credentials: { accessKeyId: readSecretText(accessKeyFile), secretAccessKey: readSecretText(secretKeyFile) } } : {}),
  });
}
