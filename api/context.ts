import { randomUUID } from "node:crypto";
import type DataLoader from "dataloader";
import { scopedDatabase } from "../platform/database/scoped-database.js";
import { StatementScope } from "../platform/database/statement-scope.js";
import { AppError } from "../schema/errors.js";
import { ApiKeyScope, type Caller, type Viewer } from "./auth/viewer.js";
import type { ApiDeps } from "./deps.js";
import { createLoaders, type Loaders } from "./loaders/loaders.js";

/** What every resolver is given: one an operation. */
export interface ApiContext {
  readonly deps: ApiDeps;
  readonly requestId: string;
  /** Who is signed in; null for nobody. */
  readonly viewer: Viewer | null;
  /** Whose budget the operation uses; null for what the platform asks itself. */
  readonly client: Caller["client"];
  /** The address that asks; empty for what the platform asks itself. */
  readonly address: string;
  /** The block that everything is read at, where the operation itself must not say: of a citation. Then nothing is estimated either. */
  readonly pinnedBlock: number | null;
  /** What it runs in Postgres. */
  readonly statements: StatementScope;
  /** Remember what was read for one operation, or one message of a subscription. */
  loaders: Loaders;
  /** What hangs on rows that were read without looking ahead: by what asks for it and by the rows' block. Renewed as the loaders are. */
  related: Map<object, Map<number | null, DataLoader<unknown, unknown>>>;
}

/** @param from - with `statements`, all that the operation runs in Postgres is part of them. */
export function createContext(given: ApiDeps, { viewer, client }: Caller, requestId: string = randomUUID(), from: Partial<Pick<ApiContext, "address" | "statements" | "pinnedBlock">> = {}): ApiContext {
  const deps = from.statements ? { ...given, database: scopedDatabase(given.database, from.statements) } : given;
  let loaders: Loaders | undefined;
  return {
    deps, viewer, client, address: "", pinnedBlock: null, ...from, statements: from.statements ?? new StatementScope(), requestId, related: new Map(),
    // Made when they are wanted: what looks ahead does without.
    get loaders() {
      return (loaders ??= createLoaders(deps));
    },
    set loaders(renewed) {
      loaders = renewed;
    },
  };
}

/** @throws AppError UNAUTHENTICATED */
export function requireViewer(context: ApiContext): Viewer {
  if (!context.viewer) throw new AppError("UNAUTHENTICATED", "Sign in first.");
  return context.viewer;
}

/** An API key is not enough. @throws AppError UNAUTHENTICATED, FORBIDDEN */
export function requireSession(context: ApiContext): Viewer & { readonly sessionId: string } {
  const viewer = requireViewer(context);
  const { account, sessionId } = viewer;
  if (sessionId === null) throw new AppError("FORBIDDEN", "An API key may not do this: sign in.");
  return { ...viewer, account, sessionId };
}

/** Keys that only read take no step, and get no record's key or link. @throws AppError FORBIDDEN */
export function requireTradingScope({ viewer }: Pick<ApiContext, "viewer">): void {
  if (viewer?.apiKey && viewer.apiKey.scope !== ApiKeyScope.TRADE) throw new AppError("FORBIDDEN", `The API key's scope is ${viewer.apiKey.scope}: this needs TRADE.`);
}
