import type { IncomingMessage } from "node:http";
import { Upload } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import { authenticate } from "../auth/authenticate.js";
import { requireTradingScope } from "../context.js";
import type { ApiDeps } from "../deps.js";
import { requestUrl } from "../http/request-url.js";
import { parseUuid } from "../input/parse.js";

/**
 * The viewer's upload that a PUT of something beside the bytes names by the end of its path, while its bytes are not all there.
 * @throws AppError BAD_INPUT, UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, CONFLICT
 */
export async function ownBegunUpload(deps: ApiDeps, request: IncomingMessage): Promise<Upload> {
  if (request.method !== "PUT") throw new AppError("BAD_INPUT", "Only PUT: GraphQL gives access to what was sent.");
  const { viewer } = await authenticate(deps.database, request.headers.authorization);
  if (!viewer) throw new AppError("UNAUTHENTICATED", "Sign in first.");
  requireTradingScope({ viewer });
  const id = parseUuid("upload", requestUrl(request).pathname.split("/").at(-1) ?? "");
  const upload = await deps.database.getRepository(Upload).findOneBy({ id, owner: viewer.account });
  if (!upload) throw new AppError("NOT_FOUND", "No such upload of yours.");
  if (upload.status !== "CREATED") throw new AppError("CONFLICT", `The upload is ${upload.status}: this is sent before the record's last byte.`);
  return upload;
}
