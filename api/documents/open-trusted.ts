import type { TrustedDocuments } from "./trusted-documents.js";

interface Persisted {
  extensions?: { persistedQuery?: { sha256Hash?: unknown } };
  query?: unknown;
}

/** Puts the text of a trusted document where a request names its hash; what is no trusted document is left as it is, or refused. @throws AppError DOCUMENT_NOT_TRUSTED */
export function openTrusted(documents: TrustedDocuments, url: URL, body: unknown): { search: string; body: unknown } {
  if (typeof body === "object" && body !== null) {
    const { extensions, ...request } = body as Persisted;
    const text = textOf(documents, extensions) ?? request.query;
    documents.check(text);
    return { search: url.search, body: text === request.query ? body : { ...request, query: text } };
  }
  const search = new URLSearchParams(url.search);
  const text = textOf(documents, parseJson(search.get("extensions"))) ?? search.get("query");
  documents.check(text);
  if (text === null || text === search.get("query")) return { search: url.search, body };
  search.delete("extensions");
  search.set("query", text);
  return { search: `?${search.toString()}`, body };
}

const textOf = (documents: TrustedDocuments, extensions: Persisted["extensions"]): string | undefined => {
  const hash = extensions?.persistedQuery?.sha256Hash;
  return typeof hash === "string" ? documents.textOf(hash) : undefined;
};

function parseJson(text: string | null): Persisted["extensions"] {
  try {
    const value = JSON.parse(text ?? "null") as unknown;
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
