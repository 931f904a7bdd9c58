import type { ObjectStore } from "./object-store.js";

/** Below it lies all that is staged for an upload, in the store of its region. No slash at the end. */
export const stagingFolder = (objects: Pick<ObjectStore, "place">, { id, region }: { id: string; region: number }): string => `${objects.place(region)}staging/${id}`;
