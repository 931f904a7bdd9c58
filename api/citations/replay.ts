import type { GraphQLSchema } from "graphql";
import type { Citation } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import type { ApiContext } from "../context.js";
import { blockCertificate } from "../proof/block-certificate.js";
import { ReplayDifference, type CitationReplay, type CitationReplayReason } from "../types/citation.js";
import { canonicalQuery, type CanonicalQuery } from "./canonical-query.js";
import { restedOn } from "./rested-on.js";
import { runCited } from "./run-cited.js";

/** Most places that are named. */
const maxPaths = 100;

const reason = (difference: ReplayDifference, message: string, paths: string[] = []): CitationReplayReason => ({ difference, message, paths: paths.slice(0, maxPaths) });

/**
 * Asks a cited query again, of the same block: the same bytes, or why not.
 * @throws AppError NOT_READY (the index is not there yet), CHAIN_UNAVAILABLE, LIMIT_EXCEEDED, RATE_LIMITED
 */
export async function replay(context: ApiContext, schema: GraphQLSchema, citation: Citation): Promise<CitationReplay> {
  const { database, freshness, market } = context.deps;
  const { indexedBlock } = await freshness.now();
  const { blockNumber, blockHash, marketplace, chainId } = citation;
  if (BigInt(market.deployment.chainId) !== chainId || market.deployment.marketplace.toLowerCase() !== marketplace) {
    return { same: false, reasons: [reason(ReplayDifference.CHAIN_CHANGED, `It was cited from the market ${marketplace} of chain ${chainId}.`)], resultHash: null, result: null };
  }
  if (blockNumber > indexedBlock) throw new AppError("NOT_READY", `Block ${blockNumber} is not indexed yet; the index is at ${indexedBlock}.`, { details: { block: blockNumber, indexedBlock } });
  const query = readQuery(schema, citation);
  if (typeof query === "string") return { same: false, reasons: [reason(ReplayDifference.SCHEMA_CHANGED, query)], resultHash: null, result: null };

  const reasons: CitationReplayReason[] = [];
  const block = await blockCertificate(context.deps, { number: blockNumber });
  if (block?.hash !== blockHash) reasons.push(reason(ReplayDifference.CHAIN_CHANGED, `Block ${blockNumber} was ${blockHash}, and is ${block?.hash ?? "not there"} now.`));
  const result = await runCited(context, schema, query, blockNumber);
  const rested = await restedOn(database, schema, query, blockNumber);
  if (rested.root !== citation.metadataRoot) reasons.push(reason(ReplayDifference.LISTINGS_CHANGED, `The answer rested on ${citation.metadataCount} listings under ${citation.metadataRoot}, and rests on ${rested.count} under ${rested.root} now.`));
  if (result.hash !== citation.resultHash) {
    if (rested.missing !== citation.metadataMissing) reasons.push(reason(ReplayDifference.METADATA_CHANGED, `${citation.metadataMissing} of ${citation.metadataCount} metadata documents were not there when it was cited, and ${rested.missing} are not now.`));
    reasons.push(reason(ReplayDifference.RESULT_CHANGED, `The answer's hash was ${citation.resultHash}, and is ${result.hash} now.`, differing(citation.resultParts, result.parts)));
  }
  return { same: reasons.length === 0, reasons, resultHash: result.hash, result: result.text };
}

/** @returns the query, or why it is none any more. */
function readQuery(schema: GraphQLSchema, { query, variables }: Citation): CanonicalQuery | string {
  try {
    return canonicalQuery(schema, query, JSON.parse(variables) as Record<string, unknown>);
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}

const differing = (was: Readonly<Record<string, string>>, is: Readonly<Record<string, string>>): string[] => [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((path) => was[path] !== is[path]).sort();
