import type { Citation } from "../../schema/entities/index.js";

/** Stable address of a citation. */
export const citationUrl = (publicUrl: string, { id }: Pick<Citation, "id">): string => `${publicUrl}/citations/${id}`;

const roots = ({ query }: Citation): string => [...new Set([...query.matchAll(/^ {2}(?:\w+: )?(\w+)/gm)].map(([, name]) => name))].join(", ");
const iso = (time: Date): string => time.toISOString().replace(".000Z", "Z");
const restsOn = ({ metadataCount, metadataRoot }: Citation): string => `${metadataCount} ${metadataCount === 1 ? "listing" : "listings"}, Merkle root ${metadataRoot}`;

/** One line to be put into a list of references. */
export const citationText = (citation: Citation, publicUrl: string): string =>
  `Galen medical-data marketplace (chain ${citation.chainId}, ${citation.marketplace}): ${roots(citation)} as of block ${citation.blockNumber} (${citation.blockHash}), ${iso(citation.blockTime)}. ` +
  `Query SHA-256 ${citation.queryHash}; result SHA-256 ${citation.resultHash}; metadata of ${restsOn(citation)}. ${citationUrl(publicUrl, citation)}`;

/** The same as a BibTeX entry. */
export const citationBibtex = (citation: Citation, publicUrl: string): string =>
  [
    `@misc{galen:${citation.id},`,
    `  author = {{Galen medical-data marketplace}},`,
    `  title = {{${roots(citation)} as of block ${citation.blockNumber}}},`,
    `  year = {${citation.blockTime.getUTCFullYear()}},`,
    `  month = {${citation.blockTime.getUTCMonth() + 1}},`,
    `  howpublished = {\\url{${citationUrl(publicUrl, citation)}}},`,
    `  note = {Chain ${citation.chainId}, market ${citation.marketplace}, block ${citation.blockHash}, ${iso(citation.blockTime)}; query SHA-256 ${citation.queryHash}; result SHA-256 ${citation.resultHash}; metadata of ${restsOn(citation)}}`,
    "}",
    "",
  ].join("\n");
