import type { DocumentNode, FieldNode } from "graphql";
import { AppError } from "../../schema/errors.js";
import type { GalenClient } from "../client.js";
import { linkFields, type ExportFormat, type ExportLink } from "../operations/export.js";
import { operation } from "../operations/operation.js";

/** What groups can be asked of. */
const roots = ["listingAggregates", "orderAggregates", "auditAggregates"];

/**
 * Prepares a file of the groups of an aggregate's answer, as of the block that the answer names; whoever is signed in may.
 * @param question.query - one of listingAggregates, orderAggregates and auditAggregates, with what is wanted of its `groups`
 * @throws AppError UNAUTHENTICATED, BAD_INPUT (also a query of something else), LIMIT_EXCEEDED, NOT_READY
 */
export async function exportGroups(client: GalenClient, question: { query: string; variables?: object; format: ExportFormat }): Promise<ExportLink> {
  const { text, root } = await withExport(question.query, question.format);
  const answer = await client.request(operation<Record<string, { export: ExportLink }>, object>(text), question.variables ?? {});
  return answer[root]!.export;
}

/** @returns the query, which also asks for the link, and the name of its root field in the answer. */
async function withExport(query: string, format: ExportFormat): Promise<{ text: string; root: string }> {
  const { Kind, parse, print } = await import("graphql");
  let document: DocumentNode;
  try {
    document = parse(query, { noLocation: true });
  } catch (cause) {
    throw new AppError("BAD_INPUT", `The query cannot be read: ${(cause as Error).message}`, { cause });
  }
  const operations = document.definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION);
  const [only] = operations;
  const [field] = only?.selectionSet.selections ?? [];
  if (!only || operations.length > 1 || String(only.operation) !== "query" || only.selectionSet.selections.length > 1 || field?.kind !== Kind.FIELD || !field.selectionSet || !roots.includes(field.name.value)) {
    throw new AppError("BAD_INPUT", `An export of groups is of one query with one field: ${roots.join(", ")}.`);
  }
  const link = (parse(`{ export(format: ${format}) { ${linkFields} } }`, { noLocation: true }).definitions[0] as typeof only).selectionSet.selections;
  // What the query asks of `export` itself would be another file.
  const selections = [...field.selectionSet.selections.filter((each) => each.kind !== Kind.FIELD || each.name.value !== "export"), ...link];
  const asked: FieldNode = { ...field, selectionSet: { ...field.selectionSet, selections } };
  const changed = { ...only, selectionSet: { ...only.selectionSet, selections: [asked] } };
  const text = print({ ...document, definitions: document.definitions.map((each) => (each === only ? changed : each)) });
  // The client asks a query again whose connection broke: it tells one by its first word.
  return { text: text.startsWith("{") ? `query ${text}` : text, root: field.alias?.value ?? field.name.value };
}
