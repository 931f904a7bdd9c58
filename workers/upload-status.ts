/** Where an upload can be on its way (`app.upload.status`). */
export type UploadStatus =
  | "CREATED" | "RECEIVED" | "INGESTED" | "DEIDENTIFIED" | "CHECKED" | "PRICED" | "ENCRYPTED" | "STORED" | "CONSENTED" | "SUBMITTED"
  | "REFUSED" | "FAILED" | "WITHDRAWN";

/** Statuses in which the staged bytes are still needed. */
export const stagedStatuses: readonly UploadStatus[] = ["CREATED", "RECEIVED", "INGESTED", "DEIDENTIFIED", "CHECKED", "PRICED", "ENCRYPTED"];

/** Statuses that end an upload without a listing: its object and its key go. */
export const abandonedStatuses: readonly UploadStatus[] = ["REFUSED", "FAILED", "WITHDRAWN"];
