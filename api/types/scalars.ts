import { GraphQLError, GraphQLScalarType, Kind, valueFromASTUntyped, type ValueNode } from "graphql";

const wrong = (message: string, node?: ValueNode): GraphQLError => new GraphQLError(message, node ? { nodes: node } : {});

function parseBigInt(value: unknown, node?: ValueNode): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === "string" && /^-?\d{1,78}$/.test(value)) return BigInt(value);
  throw wrong("BigInt takes a whole number as a decimal string.", node);
}

/** Whole numbers beyond 2^53: decimal strings on the wire, bigint inside. */
export const BigIntScalar = new GraphQLScalarType<bigint, string>({
  name: "BigInt",
  description: "A whole number of up to 78 digits, as a decimal string.",
  serialize: (value) => parseBigInt(value).toString(),
  parseValue: (value) => parseBigInt(value),
  parseLiteral: (node) => parseBigInt(node.kind === Kind.INT ? node.value : node.kind === Kind.STRING ? node.value : null, node),
});

function parseDate(value: unknown, node?: ValueNode): Date {
  // With a zone: a time without one would depend on the server's.
  const parsed = typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(value) ? new Date(value) : null;
  if (parsed === null || Number.isNaN(parsed.getTime())) throw wrong("DateTime takes an ISO 8601 time with its zone, e.g. 2026-01-31T12:00:00Z.", node);
  return parsed;
}

/** ISO 8601 in UTC on the wire, Date inside. */
export const DateTimeScalar = new GraphQLScalarType<Date, string>({
  name: "DateTime",
  description: "A point in time: ISO 8601 in UTC, e.g. 2026-01-31T12:00:00.000Z.",
  serialize(value) {
    if (value instanceof Date) return value.toISOString();
    throw wrong("A DateTime field holds no time.");
  },
  parseValue: (value) => parseDate(value),
  parseLiteral: (node) => parseDate(node.kind === Kind.STRING ? node.value : null, node),
});

/** Any JSON value, for documents whose shape is specified elsewhere (metadata, reports, typed data). */
export const JsonScalar = new GraphQLScalarType<unknown, unknown>({
  name: "JSON",
  description: "Any JSON value. What it holds is said where it is used.",
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: (node, variables) => valueFromASTUntyped(node, variables),
});
