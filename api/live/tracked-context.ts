import type { Viewer } from "../auth/viewer.js";
import type { ApiContext } from "../context.js";
import type { ApiDeps } from "../deps.js";
import { contextFor } from "./context-for.js";

export interface TrackedContext {
  readonly context: ApiContext;
  /** Whether anything asked who is signed in: then what was made with it is for this viewer alone. */
  readonly wasViewerAsked: () => boolean;
}

/** A context that notes whether who is signed in mattered. Results that it did not matter for are the same for everybody. */
export function trackedContext(deps: ApiDeps, viewer: Viewer | null): TrackedContext {
  let asked = false;
  const plain = contextFor(deps, viewer);
  const context = Object.defineProperty({ ...plain }, "viewer", {
    enumerable: true,
    get() {
      asked = true;
      return viewer;
    },
  });
  return { context, wasViewerAsked: () => asked };
}
