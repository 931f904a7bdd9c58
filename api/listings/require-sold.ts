import type { Upload } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";

/** As `isUnsold` in SQL. @param upload - of the listing; null where it is not of this platform. @throws AppError NOT_TRADABLE */
export function requireSold(listingId: string, upload: Upload | null): void {
  if (!upload?.stoppedAt && !upload?.eraseRequestedAt) return;
  const why = upload.stoppedAt ? "A patient withdrew from this set" : "The record is erased";
  throw new AppError("NOT_TRADABLE", `${why}: nothing of it is sold any more.`, { details: { listingId } });
}
