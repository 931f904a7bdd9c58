/** What an API key may be used for; each level includes those before it. */
export enum ApiKeyScope {
  PUBLIC = "PUBLIC",
  READ = "READ",
  TRADE = "TRADE",
}

/** Who is signed in, and how. */
export interface Viewer {
  /** Lower case. */
  readonly account: string;
  /** Null where an API key speaks for the account. */
  readonly sessionId: string | null;
  readonly apiKey: { readonly id: string; readonly scope: ApiKeyScope } | null;
}

/** Who sent a request: whose rights it has, and whose budget it uses. */
export interface Caller {
  /** Null for nobody, and for a key for public data. */
  readonly viewer: Viewer | null;
  /** Null where nobody is known: then the address counts. */
  readonly client: { readonly id: string; readonly apiKeyId: string | null } | null;
}

/** Nobody is known. */
export const nobody: Caller = { viewer: null, client: null };
