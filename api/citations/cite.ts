import { createHash } from "node:crypto";
import type { GraphQLSchema } from "graphql";
import { Citation } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import { parseRange } from "../input/parse.js";
import type { ApiContext } from "../context.js";
import { blockCertificate } from "../proof/block-certificate.js";
import type { CiteInput } from "../types/citation.js";
import { canonicalQuery } from "./canonical-query.js";
import { restedOn } from "./rested-on.js";
import { runCited } from "./run-cited.js";

/** Digits of an id: 128 bits. */
const idDigits = 32;

/**
 * Asks a query of a final block, and keeps what makes it citable.
 * @throws AppError BAD_INPUT, LIMIT_EXCEEDED, RATE_LIMITED, NOT_READY (the block is not final yet), CHAIN_UNAVAILABLE
 */
export async function cite(context: ApiContext, schema: GraphQLSchema, { query: text, variables, block: asked }: CiteInput): Promise<Citation> {
  const { database, freshness, market } = context.deps;
  const query = canonicalQuery(schema, text, parseVariables(variables));
  const { finalized } = await freshness.now();
  const number = parseRange("block", asked ?? finalized, asked === null || asked === undefined ? -1 : 0, 2_147_483_647);
  if (number > finalized || number < 0) throw new AppError("NOT_READY", `Block ${number} is not final yet; the newest final one is ${finalized}.`, { details: { block: number, finalizedBlock: finalized } });
  const block = await blockCertificate(context.deps, { number });
  if (!block) throw new AppError("CHAIN_UNAVAILABLE", "The chain's node does not have this block.");

  const result = await runCited(context, schema, query, number);
  const rested = await restedOn(database, schema, query, number);
  const { chainId, marketplace } = market.deployment;
  const cited = { chainId: String(chainId), marketplace: marketplace.toLowerCase(), blockHash: block.hash, queryHash: query.queryHash, resultHash: result.hash, metadataRoot: rested.root };
  const id = createHash("sha256").update(Object.values(cited).join("\n")).digest("hex").slice(0, idDigits);
  const citations = database.getRepository(Citation);
  await citations
    .createQueryBuilder()
    .insert()
    .values({
      ...cited,
      id,
      chainId: BigInt(chainId),
      blockNumber: number,
      blockTime: block.time,
      query: query.query,
      variables: query.variables,
      resultBytes: result.bytes,
      resultParts: result.parts,
      metadataCount: rested.count,
      metadataMissing: rested.missing,
      metadataHashes: rested.named,
    })
    .orIgnore()
    .execute();
  return citations.findOneByOrFail({ id });
}

function parseVariables(value: unknown): Record<string, unknown> {
  if (value === null || value === undefined) return {};
  if (typeof value !== "object" || Array.isArray(value)) throw new AppError("BAD_INPUT", "variables: an object", { details: { field: "variables" } });
  return value as Record<string, unknown>;
}
