import { operation } from "./operation.js";

export interface Citation {
  id: string;
  url: string;
  chainId: number;
  marketplace: string;
  block: { number: number; hash: string; time: string };
  query: string;
  variables: string;
  queryHash: string;
  resultHash: string;
  resultBytes: number;
  metadataRoot: string;
  metadataCount: number;
  metadataMissing: number;
  /** Null for more than 100. */
  metadataHashes: { listingId: string; metadataHash: string }[] | null;
  text: string;
  bibtex: string;
}

export interface CitationReplay {
  same: boolean;
  reasons: { difference: string; message: string; paths: string[] }[];
  resultHash: string | null;
  result: string | null;
}

const fields = "id url chainId marketplace block { number hash time } query variables queryHash resultHash resultBytes metadataRoot metadataCount metadataMissing metadataHashes { listingId metadataHash } text bibtex";

export const cite = operation<{ cite: Citation }, { input: { query: string; variables?: object; block?: number } }>(`mutation Cite($input: CiteInput!) { cite(input: $input) { ${fields} } }`);

export const citation = operation<{ citation: Citation | null }, { id: string }>(`query Citation($id: ID!) { citation(id: $id) { ${fields} } }`);

export const replayCitation = operation<{ citation: (Citation & { replay: CitationReplay }) | null }, { id: string }>(
  `query ReplayCitation($id: ID!) { citation(id: $id) { ${fields} replay { same reasons { difference message paths } resultHash result } } }`,
);
