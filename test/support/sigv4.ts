import { createHash, createHmac } from "node:crypto";
import type { IncomingMessage } from "node:http";

const hex = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");
const hmac = (key: string | Uint8Array, data: string): Buffer => createHmac("sha256", key).update(data).digest();

/** RFC 3986, as AWS wants it: everything but unreserved characters. */
const encode = (text: string): string => encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

export interface SigV4Keys {
  accessKeyId: string;
  secretAccessKey: string;
  region: string;
}

/**
 * Checks a request's AWS Signature Version 4, in its header or presigned in its query.
 * @returns null if it is right, else S3's error code.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function checkSigV4(request: IncomingMessage, keys: SigV4Keys, now = Date.now()): string | null {
  const url = new URL(request.url ?? "/", "http://host");
  const presigned = url.searchParams.get("X-Amz-Signature");
  const header = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(request.headers.authorization ?? "");
  if (presigned === null && !header) return "AccessDenied";
  const credential = presigned === null ? (header?.[1] ?? "") : (url.searchParams.get("X-Amz-Credential") ?? "");
  const signedHeaders = presigned === null ? (header?.[2] ?? "") : (url.searchParams.get("X-Amz-SignedHeaders") ?? "");
  const signature = presigned ?? header?.[3] ?? "";
  const date = presigned === null ? String(request.headers["x-amz-date"] ?? "") : (url.searchParams.get("X-Amz-Date") ?? "");
  const [accessKeyId, day, region, service, terminator] = credential.split("/");
  if (accessKeyId !== keys.accessKeyId) return "InvalidAccessKeyId";
  if (region !== keys.region || service !== "s3" || terminator !== "aws4_request" || !date.startsWith(day ?? "-")) return "AuthorizationHeaderMalformed";
  const time = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (presigned !== null) {
    if (now > time + Number(url.searchParams.get("X-Amz-Expires")) * 1000) return "AccessDenied";
  } else if (Math.abs(now - time) > 15 * 60_000) return "RequestTimeTooSkewed";

  const query = [...url.searchParams.entries()]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
  const headers = signedHeaders.split(";").map((name) => `${name}:${String(request.headers[name] ?? "").trim().replace(/ +/g, " ")}\n`);
  if (!signedHeaders.split(";").includes("host")) return "AuthorizationHeaderMalformed";
  const payload = presigned === null ? String(request.headers["x-amz-content-sha256"] ?? "") : "UNSIGNED-PAYLOAD";
  const canonical = [request.method ?? "", url.pathname, query, headers.join(""), signedHeaders, payload].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", date, `${day ?? ""}/${keys.region}/s3/aws4_request`, hex(canonical)].join("\n");
  const key = hmac(hmac(hmac(hmac(`AWS4${keys.secretAccessKey}`, day ?? ""), keys.region), "s3"), "aws4_request");
  return hmac(key, toSign).toString("hex") === signature ? null : "SignatureDoesNotMatch";
}
