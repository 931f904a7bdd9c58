import type { Viewer } from "../auth/viewer.js";
import { createContext, type ApiContext } from "../context.js";
import type { ApiDeps } from "../deps.js";

/** The context of one message: it was paid for when it was subscribed to, so it uses nobody's budget. */
export const contextFor = (deps: ApiDeps, viewer: Viewer | null): ApiContext => createContext(deps, { viewer, client: null });
