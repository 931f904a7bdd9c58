import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { crc32 } from "node:zlib";
import { checkSigV4 } from "./sigv4.js";

export interface S3Server {
  endpoint: string;
  bucket: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** As OBJECT_STORE_URL wants it. */
  url: string;
  objects: ReadonlyMap<string, Buffer>;
  /** Keys that were read at presigned addresses. */
  presignedReads: readonly string[];
  /** Multipart uploads that were neither completed nor aborted. */
  openUploads(): number;
  /** What goes wrong from now on: a share of the answers becomes 503. */
  fault: { share: number; delayMs: number };
  stop(): Promise<void>;
}

const minimumPart = 5 << 20;

/** An S3 server in memory that checks signatures, checksums and part sizes as S3 does, with path-style addresses. For tests alone. */
export async function withS3(options: { accessKeyId?: string; secretAccessKey?: string; bucket?: string } = {}): Promise<S3Server> {
  const keys = { accessKeyId: options.accessKeyId ?? "test-key", secretAccessKey: options.secretAccessKey ?? randomBytes(16).toString("hex"), region: "eu-central-1" };
  const bucket = options.bucket ?? "galen-records";
  const objects = new Map<string, Buffer>();
  const uploads = new Map<string, { key: string; parts: Map<number, Buffer> }>();
  const fault = { share: 0, delayMs: 0 };
  const presignedReads: string[] = [];

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "/", "http://host");
    const send = (status: number, headers: Record<string, string | number> = {}, body: string | Buffer = ""): void => {
      response.writeHead(status, headers).end(request.method === "HEAD" ? undefined : body);
    };
    const refuse = (status: number, code: string): void => send(status, { "content-type": "application/xml" }, `<Error><Code>${code}</Code></Error>`);
    const body = await readAll(request);
    if (fault.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
    if (Math.random() < fault.share) return refuse(503, "SlowDown");
    const wrong = checkSigV4(request, keys);
    if (wrong !== null) return refuse(403, wrong);
    const payload = decodePayload(request, body);
    if (typeof payload === "string") return refuse(400, payload);
    const [, inBucket, ...rest] = url.pathname.split("/").map(decodeURIComponent);
    if (inBucket !== bucket) return refuse(404, "NoSuchBucket");
    const key = rest.join("/");
    const uploadId = url.searchParams.get("uploadId");
    const etag = (data: Buffer): string => `"${createHash("md5").update(data).digest("hex")}"`;

    if (key === "") {
      if (request.method === "HEAD") return send(200);
      const prefix = url.searchParams.get("prefix") ?? "";
      const names = [...objects.keys()].filter((name) => name.startsWith(prefix)).sort();
      const after = url.searchParams.get("continuation-token") ?? "";
      const page = names.filter((name) => name > after).slice(0, 1_000);
      const more = page.length > 0 && names.at(-1) !== page.at(-1);
      const contents = page.map((name) => `<Contents><Key>${name}</Key><Size>${objects.get(name)?.length ?? 0}</Size></Contents>`).join("");
      return send(200, { "content-type": "application/xml" }, `<ListBucketResult><IsTruncated>${more}</IsTruncated>${more ? `<NextContinuationToken>${page.at(-1) ?? ""}</NextContinuationToken>` : ""}${contents}</ListBucketResult>`);
    }
    if (request.method === "POST" && url.searchParams.has("uploads")) {
      const id = randomBytes(8).toString("hex");
      uploads.set(id, { key, parts: new Map() });
      return send(200, { "content-type": "application/xml" }, `<InitiateMultipartUploadResult><Bucket>${bucket}</Bucket><Key>${key}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
    }
    if (uploadId !== null) {
      const upload = uploads.get(uploadId);
      if (!upload || upload.key !== key) return refuse(404, "NoSuchUpload");
      if (request.method === "DELETE") {
        uploads.delete(uploadId);
        return send(204);
      }
      if (request.method === "PUT") {
        upload.parts.set(Number(url.searchParams.get("partNumber")), payload);
        return send(200, { etag: etag(payload) });
      }
      const named = [...payload.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map((match) => Number(match[1]));
      const parts = named.sort((a, b) => a - b).map((number) => upload.parts.get(number));
      if (parts.some((part) => part === undefined)) return refuse(400, "InvalidPart");
      if (parts.slice(0, -1).some((part) => (part?.length ?? 0) < minimumPart)) return refuse(400, "EntityTooSmall");
      const whole = Buffer.concat(parts.filter((part) => part !== undefined));
      objects.set(key, whole);
      uploads.delete(uploadId);
      return send(200, { "content-type": "application/xml" }, `<CompleteMultipartUploadResult><Key>${key}</Key><ETag>${etag(whole)}</ETag></CompleteMultipartUploadResult>`);
    }
    if (request.method === "PUT") {
      objects.set(key, payload);
      return send(200, { etag: etag(payload) });
    }
    if (request.method === "DELETE") {
      objects.delete(key);
      return send(204);
    }
    if (url.searchParams.has("X-Amz-Signature")) presignedReads.push(key);
    const found = objects.get(key);
    if (!found) return refuse(404, "NoSuchKey");
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
    if (!range) return send(200, { "content-length": found.length, etag: etag(found) }, found);
    const first = Number(range[1]);
    if (first >= found.length) return refuse(416, "InvalidRange");
    const last = Math.min(range[2] === "" ? found.length - 1 : Number(range[2]), found.length - 1);
    return send(206, { "content-length": last - first + 1, "content-range": `bytes ${first}-${last}/${found.length}`, etag: etag(found) }, found.subarray(first, last + 1));
  };

  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    bucket,
    ...keys,
    url: `s3://${bucket}?endpoint=${endpoint}&region=${keys.region}&pathStyle=true`,
    objects,
    presignedReads,
    openUploads: () => uploads.size,
    fault,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** @returns the object's bytes, or S3's error code where a checksum does not hold. */
function decodePayload(request: IncomingMessage, body: Buffer): Buffer | string {
  const declared = String(request.headers["x-amz-content-sha256"] ?? "UNSIGNED-PAYLOAD");
  const checksum = (data: Buffer): string => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(crc32(data));
    return bytes.toString("base64");
  };
  if (declared === "STREAMING-UNSIGNED-PAYLOAD-TRAILER") {
    const { data, trailers } = decodeChunked(body);
    const told = trailers["x-amz-checksum-crc32"];
    if (told !== undefined && told !== checksum(data)) return "BadDigest";
    if (Number(request.headers["x-amz-decoded-content-length"] ?? data.length) !== data.length) return "IncompleteBody";
    return data;
  }
  if (/^[0-9a-f]{64}$/.test(declared) && createHash("sha256").update(body).digest("hex") !== declared) return "XAmzContentSHA256Mismatch";
  const told = request.headers["x-amz-checksum-crc32"];
  if (told !== undefined && told !== checksum(body)) return "BadDigest";
  return body;
}

/** `aws-chunked`: hex size, CRLF, data, CRLF … 0, CRLF, trailers. */
function decodeChunked(body: Buffer): { data: Buffer; trailers: Record<string, string> } {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = body.indexOf("\r\n", at);
    const size = Number.parseInt(body.subarray(at, lineEnd).toString(), 16);
    at = lineEnd + 2;
    if (size === 0) break;
    chunks.push(body.subarray(at, at + size));
    at += size + 2;
  }
  const lines = body.subarray(at).toString().split("\r\n").filter((line) => line.includes(":"));
  return { data: Buffer.concat(chunks), trailers: Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()])) };
}
