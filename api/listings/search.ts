import { AppError } from "../../schema/errors.js";
import { ListingStatus } from "../../schema/market.js";
import { part, type SqlPart } from "../filters/sql.js";
import { parseText } from "../input/parse.js";
import { SearchLanguage, type HighlightPart, type ListingSearch, type SearchHit } from "../types/search.js";

/** Longest search, in characters. */
const maxSearchLength = 500;

/** Postgres' configurations; the same as in the function `app.search_document`. */
const configurations: Record<SearchLanguage, string> = {
  [SearchLanguage.ENGLISH]: "english",
  [SearchLanguage.GERMAN]: "german",
  [SearchLanguage.FRENCH]: "french",
  [SearchLanguage.SPANISH]: "spanish",
  [SearchLanguage.ITALIAN]: "italian",
  [SearchLanguage.PORTUGUESE]: "portuguese",
  [SearchLanguage.DUTCH]: "dutch",
  [SearchLanguage.NONE]: "simple",
};

/** Marks of what was found, in an excerpt. */
const [begin, end] = ["\u0002", "\u0003"];
const headline = `StartSel=${begin}, StopSel=${end}, MaxFragments=2, MaxWords=20, MinWords=5`;

/** What `app.listing_search` knows of a listing, beside its id, and how it says it under the alias `n`. */
const own: Readonly<Record<string, string>> = {
  from_block: "n.from_block",
  status: `case n.status ${Object.values(ListingStatus).map((status) => `when '${status[0]}' then '${status}'`).join(" ")} end`,
  data_kind: "n.data_kind",
  region: "n.region",
  price: "n.price",
  purposes: "n.purposes",
};
const searchedColumns: ReadonlySet<string> = new Set(["id", "to_block", "search_rank", ...Object.keys(own)]);

/** @param texts - SQL over the listing `l`. @returns whether a search's `lookup` has all that they name. */
export const isInLookup = (...texts: readonly string[]): boolean => texts.every((text) => [...text.matchAll(/\bl\.(\w+)/g)].every(([, column]) => searchedColumns.has(column!)));

export interface CompiledSearch {
  readonly cte: SqlPart;
  /** Listings whose metadata answers, under the alias `l`. */
  readonly from: SqlPart;
  /** The same of now, with `searchedColumns` alone: their rows lie close together, so that thousands are found, counted and sorted several times as quickly. */
  readonly lookup: SqlPart;
  readonly extras: readonly string[];
  readonly edge: { readonly json: SqlPart; readonly decode: (json: unknown) => object };
}

/**
 * @param isRanked - whether somebody sorts by the rank, or is told it: ranking reads each document that was found, counting does not.
 * @param isFiltered - whether a filter may leave few of what was found: each of those is then ranked by itself. All of them are ranked in half the time in the order in which
 *   their documents lie, found by the documents' own index, and joined.
 * @throws AppError BAD_INPUT for a text without a word, or too long.
 */
export function compileSearch({ text, language }: ListingSearch, isRanked: boolean, isFiltered: boolean): CompiledSearch {
  const words = parseText("search.text", text, maxSearchLength);
  // What begins with something is searched among the words as they are, which every document holds beside their stems.
  const begins = [...words.matchAll(/(^|\s)(-?)([\p{L}\p{N}]+)\*(?=\s|$)/gu)];
  const rest = words.replace(/(^|\s)-?[\p{L}\p{N}]+\*(?=\s|$)/gu, " ").trim();
  if (!/[\p{L}\p{N}]/u.test(words)) throw new AppError("BAD_INPUT", "search.text: there is no word in it", { details: { field: "search.text" } });
  const languages = language ? [configurations[language]] : Object.values(configurations);
  const asked: SqlPart[] = [
    ...(rest === "" ? [] : [part(`(${languages.map((name) => `websearch_to_tsquery('pg_catalog.${name}', ?)`).join(" || ")})`, ...languages.map(() => rest))]),
    ...begins.map(([, , minus, word]) => part(`${minus === "-" ? "!!" : ""}to_tsquery('pg_catalog.simple', ?)`, `${word}:*`)),
  ];
  const rank = (document: string): string => (isRanked ? `(ts_rank_cd(${document}, s.query, 32) * 1000000)::integer` : "0");
  const isJoined = isRanked && !isFiltered;
  // Apart from the rest (offset 0): joined row by row, documents would be looked up one by one again.
  const ranks = `join (select d.number, ${rank("d.document")} as rank from search s join app.metadata_document d on d.document @@ s.query offset 0) r on r.number = n.number`;
  const found = "search s join app.metadata_document d on d.document @@ s.query join listing l on l.metadata_hash = d.hash";
  return {
    cte: part(`search as materialized (select ${asked.map((each) => each.text).join(" && ")} as query)`, ...asked.flatMap(({ values }) => values)),
    from: part(`(select l.*, ${rank("d.document")} as search_rank from ${found}) l`),
    // While the indexer writes a chain's past, the narrow table is not kept. Which it is, the statement sees in its own snapshot; Postgres runs one half alone.
    lookup: part(
      `(select '0x' || encode(n.id, 'hex') as id, null::integer as to_block, ${Object.entries(own).map(([name, value]) => `${value} as ${name}`).join(", ")}, ${isJoined ? "r.rank" : rank("(select d.document from app.metadata_document d where d.number = n.number)")} as search_rank
        from search s join app.listing_search n on app.document_of(n.number) @@ s.query ${isJoined ? ranks : ""} where not exists (select from index_aside)
        union all select l.id, l.to_block, ${Object.keys(own).map((name) => `l.${name}`).join(", ")}, ${rank("d.document")} from ${found} where exists (select from index_aside)) l`,
    ),
    extras: ["search_rank"],
    edge: {
      json: part(
        `json_build_array(l.search_rank, (select ts_headline('pg_catalog.${language ? configurations[language] : "english"}', d.words, s.query, ?) from app.metadata_document d, search s where d.hash = l.metadata_hash))`,
        headline,
      ),
      decode(json) {
        const [rank, excerpt] = json as [number, string];
        const search: SearchHit = { score: rank / 1_000_000, highlight: partsOf(excerpt) };
        return { search };
      },
    },
  };
}

function partsOf(excerpt: string): HighlightPart[] {
  return excerpt
    .split(new RegExp(`(${begin}[^${end}]*${end})`))
    .filter((piece) => piece !== "")
    .map((piece) => (piece.startsWith(begin) ? { text: piece.slice(1, -1), found: true } : { text: piece, found: false }));
}
