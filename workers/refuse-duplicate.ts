import { AppError } from "../schema/errors.js";

/** Runs what writes an upload's content hash. @throws AppError DUPLICATE_CONTENT if its owner has another upload with it. */
export async function refuseDuplicate<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (isDuplicate(error)) throw new AppError("DUPLICATE_CONTENT", "You have uploaded this content before.", { cause: error });
    throw error;
  }
}

const isDuplicate = (error: unknown): boolean => {
  const { code, constraint } = ((error as { driverError?: unknown }).driverError ?? {}) as { code?: string; constraint?: string };
  return code === "23505" && constraint === "upload_content";
};
