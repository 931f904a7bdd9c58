import type { IncomingMessage, ServerResponse } from "node:http";
import { Server, type Locker } from "@tus/server";
import { Upload } from "../../schema/entities/index.js";
import { AppError, toAppError, type ErrorCode } from "../../schema/errors.js";
import { authenticate } from "../auth/authenticate.js";
import { requireTradingScope } from "../context.js";
import type { ApiDeps } from "../deps.js";
import { httpStatus } from "../../platform/service/http-status.js";
import { toTypedError } from "../errors/to-typed-error.js";
import { requestUrl } from "../http/request-url.js";
import { parseUuid } from "../input/parse.js";
import { checksumAlgorithms, checksumMismatchStatus, readChecksum, withChecksum } from "./upload-checksum.js";
import { UploadStore } from "./upload-store.js";

/** The protocol's own errors have a status alone. */
const codeOfStatus: Readonly<Record<number, ErrorCode>> = { 400: "BAD_INPUT", 403: "BAD_INPUT", 404: "NOT_FOUND", 409: "CONFLICT", 410: "NOT_FOUND", 413: "FILE_TOO_LARGE", 415: "BAD_INPUT" };

/**
 * tus 1.0 with its checksum extension at /uploads/<id>: HEAD and PATCH for the owner. Uploads are created and taken back by GraphQL, which knows the rules.
 * @throws AppError UNAUTHENTICATED, NOT_FOUND, BAD_INPUT before the protocol begins
 */
export function createTusHandler(deps: ApiDeps, locker: Locker): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const tus = new Server({
    path: "/uploads",
    datastore: new UploadStore(deps),
    locker,
    maxSize: deps.maxUploadBytes,
    relativeLocation: true,
    allowedHeaders: ["authorization", "upload-checksum"],
    onResponseError(_request, error) {
      if ("status_code" in error) {
        const code = codeOfStatus[error.status_code];
        if (error.status_code < 500 && code) return { status_code: error.status_code, body: JSON.stringify({ code, message: error.body.trim(), retryable: false }) };
      }
      const { code, message, retryable, cause } = "status_code" in error ? toAppError(error) : toTypedError(error);
      const status = "status_code" in error ? error.status_code : code === "CHECKSUM_MISMATCH" ? checksumMismatchStatus : httpStatus(code);
      if (status >= 500) deps.log.error({ error: cause ?? error, code }, "an upload's request failed");
      return { status_code: status, body: JSON.stringify({ code, message: code === "INTERNAL" ? "The bytes could not be taken; go on from the offset that HEAD tells." : message, retryable }) };
    },
  });
  return async (request, response) => {
    if (request.method !== "OPTIONS") {
      if (request.method !== "HEAD" && request.method !== "PATCH") throw new AppError("BAD_INPUT", "Only HEAD and PATCH: createUpload and withdrawUpload do the rest.");
      const { viewer } = await authenticate(deps.database, request.headers.authorization);
      if (!viewer) throw new AppError("UNAUTHENTICATED", "Sign in first.");
      requireTradingScope({ viewer });
      const id = parseUuid("upload", requestUrl(request).pathname.split("/").at(-1) ?? "");
      if (!(await deps.database.getRepository(Upload).existsBy({ id, owner: viewer.account }))) throw new AppError("NOT_FOUND", "No such upload of yours.");
    } else response.setHeader("Tus-Checksum-Algorithm", checksumAlgorithms.join(","));
    await withChecksum(readChecksum(request), () => tus.handle(request, response));
  };
}
