import { execute, getOperationAST, GraphQLError, Kind, print, visit, type DocumentNode, type ExecutionResult, type FieldNode, type GraphQLField, type GraphQLSchema } from "graphql";
import { getArgumentValues, getVariableValues } from "graphql/execution/values.js";
import { AppError } from "../../schema/errors.js";
import type { ApiContext } from "../context.js";

/** A subscription as a client asks for it. */
export interface LiveOperation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName?: string;
  readonly variableValues: Readonly<Record<string, unknown>>;
}

export interface RootField {
  readonly field: GraphQLField<unknown, ApiContext>;
  readonly args: Readonly<Record<string, unknown>>;
  /** The cursor to resume from. */
  readonly after: string | null;
  /** The same for all operations that are told the same: all but where they begin. */
  readonly key: string;
}

/** @throws AppError BAD_INPUT, GraphQLError for arguments that are wrong */
export function readRootField(operation: LiveOperation): RootField {
  const definition = getOperationAST(operation.document, operation.operationName)!;
  const [selection] = definition.selectionSet.selections;
  // Also what validation allows: a fragment at the root would have to be looked through.
  if (definition.selectionSet.selections.length !== 1 || selection?.kind !== Kind.FIELD) throw new AppError("BAD_INPUT", "A subscription has exactly one field, and no fragment around it.");
  const field = operation.schema.getSubscriptionType()!.getFields()[selection.name.value] as GraphQLField<unknown, ApiContext>;
  const { coerced, errors } = getVariableValues(operation.schema, definition.variableDefinitions ?? [], operation.variableValues);
  if (errors) throw errors[0]!;
  const args = getArgumentValues(field as GraphQLField<unknown, unknown>, selection, coerced);
  const after = args["after"];
  return { field, args, after: typeof after === "string" ? after : null, key: groupKey(operation, selection) };
}

/** Without the value of the cursor's variable, where nothing else uses it. */
function groupKey({ document, operationName, variableValues }: LiveOperation, selection: FieldNode): string {
  const value = selection.arguments?.find(({ name }) => name.value === "after")?.value;
  const name = value?.kind === Kind.VARIABLE ? value.name.value : null;
  const variables = Object.entries(variableValues).filter(([each]) => each !== name || usesOf(document, each) > 1);
  return `${print(document)}\0${operationName ?? ""}\0${JSON.stringify(variables.sort(([a], [b]) => (a < b ? -1 : 1)), (_key, each: unknown) => (typeof each === "bigint" ? `${each}n` : each))}`;
}

/** How often a variable is used, not counting its definition. */
function usesOf(document: DocumentNode, name: string): number {
  let uses = 0;
  visit(document, {
    VariableDefinition: () => false,
    Variable: (node) => void (node.name.value === name && uses++),
  });
  return uses;
}

/** Executes the operation for one message. */
export async function executeFor({ schema, document, operationName, variableValues }: LiveOperation, message: unknown, contextValue: ApiContext): Promise<ExecutionResult> {
  try {
    return await execute({ schema, document, variableValues, contextValue, rootValue: message, ...(operationName === undefined ? {} : { operationName }) });
  } catch (error) {
    return { errors: [error instanceof GraphQLError ? error : new GraphQLError("The operation could not be executed.", { originalError: error as Error })] };
  }
}
