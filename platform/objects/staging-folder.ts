import type { ObjectStore } from "./object-store.js";

/** The staged legal evidence, in that folder. */
export const stagedEvidence = "evidence";

/** A client-side upload's file key in its age header, in that folder. */
export const stagedKeyHeader = "key-header";

/** Below it lies all that is staged for an upload, in the store of its region. No slash at the end. */
export const stagingFolder = (objects: Pick<ObjectStore, "place">, { id, region }: { id: string; region: number }): string => `${objects.place(region)}staging/${id}`;
