import { Upload } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import { requireViewer, type ApiContext } from "../context.js";
import { parseUuid } from "../input/parse.js";

/** @returns null where it is not there, or somebody else's: nobody learns which. @throws AppError UNAUTHENTICATED, BAD_INPUT */
export async function findOwnUpload(context: ApiContext, id: string): Promise<Upload | null> {
  const { account } = requireViewer(context);
  return context.deps.database.getRepository(Upload).findOneBy({ id: parseUuid("id", id), owner: account });
}

/** @throws AppError UNAUTHENTICATED, BAD_INPUT, NOT_FOUND */
export async function requireOwnUpload(context: ApiContext, id: string): Promise<Upload> {
  const upload = await findOwnUpload(context, id);
  if (!upload) throw new AppError("NOT_FOUND", "No such upload of yours.");
  return upload;
}
