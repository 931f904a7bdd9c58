import type { DataSource } from "typeorm";
import { getArgumentValues, getVariableValues, Kind, type GraphQLSchema, type OperationDefinitionNode } from "graphql";
import { nodeBackend } from "../../crypto/backend/node.js";
import { fromHex, toHex } from "../../crypto/bytes.js";
import { merkleBuilder } from "../../crypto/merkle/builder.js";
import { leafHash } from "../../crypto/merkle/hashes.js";
import { streamRows } from "../../platform/database/stream-rows.js";
import { AppError } from "../../schema/errors.js";
import { versionsAt } from "../chain/as-of.js";
import { listingsAt, ordersAt, votesAt } from "../filters/chosen-at.js";
import { allOf, bind, part, type SqlPart } from "../filters/sql.js";
import type { ListingFilter, OrderFilter, VoteFilter } from "../types/listing-filter.js";
import type { CanonicalQuery } from "./canonical-query.js";

/** Up to so many are named; of more there is the root and how many. */
const maxNamed = 100;
/** Most listings that one citation may rest on. */
const maxListings = 2_000_000;
const batch = 10_000;

/** The listings that an answer rests on: all that its filters choose, on whatever page. */
export interface RestedOn {
  /** RFC 6962 root, sorted by id: a leaf is the listing's id and its metadata's hash, 64 bytes. */
  readonly root: string;
  readonly count: number;
  /** Documents that the platform does not have now. */
  readonly missing: number;
  /** Null where they are many. */
  readonly named: { listingId: string; metadataHash: string }[] | null;
}

/** @throws AppError LIMIT_EXCEEDED, BAD_INPUT */
export async function restedOn(database: DataSource, schema: GraphQLSchema, { document, variables }: Pick<CanonicalQuery, "document" | "variables">, block: number): Promise<RestedOn> {
  const chosen = rootFilters(schema, document, JSON.parse(variables) as Record<string, unknown>).map(({ name, where }) => listingsOf(name, where, block));
  const { text, values } = bind(
    part("select c.id, c.metadata_hash, m.hash is null as missing from ("),
    ...chosen.flatMap((each, index) => (index === 0 ? [each] : [part("union"), each])),
    part(`) c left join app.metadata m on m.hash = c.metadata_hash order by c.id collate "C"`),
  );
  const tree = merkleBuilder(nodeBackend);
  const named: { listingId: string; metadataHash: string }[] = [];
  let missing = 0;
  for await (const rows of streamRows<{ id: string; metadata_hash: string; missing: boolean }>(database, { text, values, batch })) {
    for (const row of rows) {
      tree.add(leafHash(nodeBackend, fromHex(row.id, 32), fromHex(row.metadata_hash, 32)));
      if (named.length <= maxNamed) named.push({ listingId: row.id, metadataHash: row.metadata_hash });
      if (row.missing) missing += 1;
    }
    if (tree.size > maxListings) throw new AppError("LIMIT_EXCEEDED", `A citation rests on at most ${maxListings} listings: filter.`, { details: { limit: maxListings } });
  }
  return { root: toHex(tree.root()), count: tree.size, missing, named: tree.size <= maxNamed ? named : null };
}

/** The filter of each root field. */
function rootFilters(schema: GraphQLSchema, document: CanonicalQuery["document"], given: Record<string, unknown>): { name: string; where: unknown }[] {
  const operation = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION) as OperationDefinitionNode;
  const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], given);
  if (errors) throw new AppError("BAD_INPUT", errors[0]?.message ?? "variables", { details: { field: "variables" } });
  const found: { name: string; where: unknown }[] = [];
  const collect = (selections: OperationDefinitionNode["selectionSet"]): void => {
    for (const node of selections.selections) {
      if (node.kind === Kind.FIELD) {
        const definition = schema.getQueryType()!.getFields()[node.name.value];
        if (definition) found.push({ name: node.name.value, where: getArgumentValues(definition, node, coerced)["where"] });
      } else if (node.kind === Kind.INLINE_FRAGMENT) collect(node.selectionSet);
      else for (const fragment of document.definitions) if (fragment.kind === Kind.FRAGMENT_DEFINITION && fragment.name.value === node.name.value) collect(fragment.selectionSet);
    }
  };
  collect(operation.selectionSet);
  return found;
}

/** Ids and metadata hashes of the listings behind a root field's rows. */
function listingsOf(root: string, where: unknown, at: number): SqlPart {
  const select = (from: string, ...conditions: SqlPart[]): SqlPart => {
    const all = allOf(conditions);
    return part(`select l.id, l.metadata_hash from ${from} where ${all.text}`, ...all.values);
  };
  if (root.startsWith("listing")) return select("listing l", listingsAt(where as ListingFilter | null, at));
  const listings = versionsAt("l", at);
  if (root.startsWith("order")) return select("trade_order o join listing l on l.id = o.listing_id", ordersAt(where as OrderFilter | null, at), listings);
  return select("vote v join listing l on l.id = v.listing_id", votesAt(where as VoteFilter | null, at), listings);
}
