import { getArgumentValues, GraphQLError, locatedError, type ExecutionResult, type GraphQLLeafType, type GraphQLObjectType, type GraphQLResolveInfo } from "graphql";
import { infoIsUnused } from "../lighten-resolvers.js";
import type { FieldPlan, ObjectPlan, OperationPlan, ValuePlan } from "./plan.js";

type Path = GraphQLResolveInfo["path"];
type Data = Record<string, unknown>;

/** One execution. */
interface Run {
  readonly plan: OperationPlan;
  readonly context: unknown;
  readonly variables: Record<string, unknown>;
  /** Of fields whose arguments follow from variables: the same for all objects. */
  readonly args: (Record<string, unknown> | undefined)[];
  readonly errors: GraphQLError[];
  /** Where an error stands already; undefined is the whole answer. What is below is not told again. */
  readonly nulled: Set<Path | undefined>;
}

const isPromise = (value: unknown): value is Promise<unknown> => typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";

/**
 * Runs a planned query as graphql-js' `execute` would: the same resolvers with the same arguments, the same data and errors; errors of fields that
 * wait may stand in another order.
 * @param variables - as graphql-js coerced them
 */
export async function runPlan(plan: OperationPlan, context: unknown, variables: Record<string, unknown>): Promise<Pick<ExecutionResult, "errors"> & { data: Data | null }> {
  const run: Run = { plan, context, variables, args: Array.from({ length: plan.variableFields }), errors: [], nulled: new Set() };
  let data: Data | null;
  try {
    data = await runFields(run, plan.root, undefined, undefined);
  } catch (error) {
    note(run, error as GraphQLError, undefined);
    data = null;
  }
  return run.errors.length === 0 ? { data } : { errors: run.errors, data };
}

function runFields(run: Run, { type, fields }: ObjectPlan, source: unknown, path: Path | undefined): Data | Promise<Data> {
  const data: Data = {};
  let waiting: string[] | undefined;
  try {
    for (const field of fields) {
      const value = runField(run, field, type, source, path);
      if (value === undefined) continue;
      data[field.key] = value;
      if (isPromise(value)) (waiting ??= []).push(field.key);
    }
  } catch (error) {
    if (!waiting) throw error;
    // What runs still may not fail unheard, nor go on after the answer.
    return settle(data, waiting).finally(() => {
      throw error;
    });
  }
  return waiting ? settle(data, waiting) : data;
}

/** Puts what was waited for in its place. */
async function settle(data: Data, waiting: readonly string[]): Promise<Data> {
  const values = await Promise.all(waiting.map((key) => data[key]));
  waiting.forEach((key, index) => (data[key] = values[index]));
  return data;
}

function runField(run: Run, field: FieldPlan, type: GraphQLObjectType, source: unknown, parentPath: Path | undefined): unknown {
  // A property that is the value itself, as most are.
  if (field.resolve === null && field.value.inner.kind === "leaf" && typeof source === "object" && source !== null) {
    try {
      const value = (source as Data)[field.definition.name];
      if (typeof value !== "function" && !isPromise(value)) return completeLeaf(field, field.value.inner.type, value);
    } catch (error) {
      return failed(run, field, field.value, { prev: parentPath, key: field.key, typename: type.name }, error);
    }
  }
  const path: Path = { prev: parentPath, key: field.key, typename: type.name };
  let completed: unknown;
  try {
    const value = resolve(run, field, source, path);
    completed = isPromise(value) ? value.then((resolved) => complete(run, field, field.value, path, resolved)) : complete(run, field, field.value, path, value);
  } catch (error) {
    return failed(run, field, field.value, path, error);
  }
  return isPromise(completed) ? completed.then(undefined, (error: unknown) => failed(run, field, field.value, path, error)) : completed;
}

function resolve(run: Run, field: FieldPlan, source: unknown, path: Path): unknown {
  const { resolve: resolver, definition } = field;
  if (resolver) return resolver(source, argumentsOf(run, field), run.context, infoIsUnused.has(resolver) ? (undefined as never) : infoOf(run, field, path));
  if ((typeof source !== "object" || source === null) && typeof source !== "function") return undefined;
  const property = (source as Data)[definition.name];
  return typeof property === "function" ? ((source as Data)[definition.name] as (...given: unknown[]) => unknown)(argumentsOf(run, field), run.context, infoOf(run, field, path)) : property;
}

function argumentsOf(run: Run, { args, definition, nodes }: FieldPlan): Record<string, unknown> {
  if (typeof args === "object") return args as Record<string, unknown>;
  return (run.args[args] ??= getArgumentValues(definition, nodes[0]!, run.variables));
}

const infoOf = ({ plan, variables }: Run, { definition, nodes, parent }: FieldPlan, path: Path): GraphQLResolveInfo => ({
  fieldName: definition.name,
  fieldNodes: nodes,
  returnType: definition.type,
  parentType: parent,
  path,
  schema: plan.schema,
  fragments: plan.fragments,
  rootValue: undefined,
  operation: plan.operation,
  variableValues: variables,
});

/** Null with the error noted; thrown on where no null may stand. */
function failed(run: Run, field: FieldPlan, { isNullable }: ValuePlan, path: Path, raw: unknown): null {
  const error = locatedError(raw, field.nodes, keysOf(path));
  if (!isNullable) throw error;
  note(run, error, path);
  return null;
}

function note({ errors, nulled }: Run, error: GraphQLError, path: Path | undefined): void {
  if (nulled.size > 0) {
    if (nulled.has(undefined)) return;
    for (let at = path; at; at = at.prev) if (nulled.has(at)) return;
  }
  nulled.add(path);
  errors.push(error);
}

function keysOf(path: Path): (string | number)[] {
  const keys: (string | number)[] = [];
  for (let at: Path | undefined = path; at; at = at.prev) keys.push(at.key);
  return keys.reverse();
}

function complete(run: Run, field: FieldPlan, { isNullable, inner }: ValuePlan, path: Path, value: unknown): unknown {
  if (value instanceof Error) throw value;
  if (value === null || value === undefined) return completeNull(field, isNullable);
  if (inner.kind === "leaf") return serialized(inner.type, value);
  return inner.kind === "object" ? runFields(run, inner, value, path) : completeList(run, field, inner.of, path, value);
}

function completeLeaf(field: FieldPlan, type: GraphQLLeafType, value: unknown): unknown {
  if (value === null || value === undefined) return completeNull(field, field.value.isNullable);
  if (value instanceof Error) throw value;
  return serialized(type, value);
}

function completeNull({ parent, definition }: FieldPlan, isNullable: boolean): null {
  if (isNullable) return null;
  throw new Error(`Cannot return null for non-nullable field ${parent.name}.${definition.name}.`);
}

function serialized(type: GraphQLLeafType, value: unknown): unknown {
  const written = type.serialize(value);
  if (written === null || written === undefined) throw new Error(`${type.name} wrote a value as ${String(written)}.`);
  return written;
}

function completeList(run: Run, field: FieldPlan, of: ValuePlan, path: Path, value: unknown): unknown[] | Promise<unknown[]> {
  if (typeof value !== "object" || typeof (value as { [Symbol.iterator]?: unknown })[Symbol.iterator] !== "function") {
    throw new GraphQLError(`Expected Iterable, but did not find one for field "${field.parent.name}.${field.definition.name}".`);
  }
  const list: unknown[] = [];
  let waits = false;
  for (const item of value as Iterable<unknown>) {
    const at: Path = { prev: path, key: list.length, typename: undefined };
    let completed: unknown;
    try {
      completed = isPromise(item) ? item.then((resolved) => complete(run, field, of, at, resolved)) : complete(run, field, of, at, item);
      if (isPromise(completed)) {
        waits = true;
        completed = completed.then(undefined, (error: unknown) => failed(run, field, of, at, error));
      }
    } catch (error) {
      completed = failed(run, field, of, at, error);
    }
    list.push(completed);
  }
  return waits ? Promise.all(list) : list;
}
