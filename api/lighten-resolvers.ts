import { isObjectType, type GraphQLFieldResolver, type GraphQLSchema } from "graphql";
import { getMetadataStorage } from "type-graphql";
import type { ApiContext } from "./context.js";

type Method = (this: object, ...params: unknown[]) => unknown;
type Given = Readonly<Record<string, unknown>>;
type Pick = (root: unknown, args: Given, context: ApiContext, info: unknown) => unknown;
type Param = ReturnType<typeof getMetadataStorage>["queries"][number]["params"] extends (infer P)[] | undefined ? P : never;

/** Resolvers that do not look at `info`, which need not be made for them. */
export const infoIsUnused = new WeakSet<object>();

/** One instance a class, as type-graphql's own container has it, which looks for it in a list, for each field of each row. */
export class Resolvers {
  readonly #instances = new Map<object, object>();

  get(type: object): object {
    let instance = this.#instances.get(type);
    if (!instance) this.#instances.set(type, (instance = new (type as new () => object)()));
    return instance;
  }
}

/**
 * Calls methods behind fields and queries straight: type-graphql sorts their parameters, copies arguments into instances of their classes and wraps each
 * call, which on a page costs more than all that the methods do. Arguments come as graphql-js read them: objects with the same properties. Methods
 * with middleware stay as they are, and so do mutations.
 */
export function lightenResolvers(schema: GraphQLSchema, instances: Resolvers): GraphQLSchema {
  const { fieldResolvers, objectTypes, queries } = getMetadataStorage();
  const names = new Map(objectTypes.map(({ target, name }) => [target, name]));
  const ofFields = fieldResolvers.filter(({ kind }) => kind === "external").map((each) => ({ ...each, type: schema.getType(names.get(each.getObjectType?.() as () => unknown) ?? "") }));
  for (const { type, target, methodName, schemaName, params = [], middlewares = [], roles } of [...ofFields, ...queries.map((each) => ({ ...each, type: schema.getQueryType() }))]) {
    const field = isObjectType(type) ? type.getFields()[schemaName] : undefined;
    const given = [...params].sort((a, b) => a.index - b.index).map(pickOf);
    if (!field || !given.every((pick) => pick !== null) || middlewares.length > 0 || roles) continue;
    const method = (target.prototype as Record<string, Method>)[methodName]!;
    const resolve = caller(method, instances.get(target), given);
    if (params.every(({ kind }) => kind !== "info")) infoIsUnused.add(resolve);
    field.resolve = resolve;
  }
  return schema;
}

/** Where a parameter comes from; null for what is left to type-graphql. */
function pickOf(param: Param): Pick | null {
  if (param.kind === "info") return (_root, _args, _context, info) => info;
  if (param.kind === "root") return param.propertyName === undefined ? (root) => root : null;
  if (param.kind === "context") return param.propertyName === undefined ? (_root, _args, context) => context : null;
  if (param.kind === "arg") return (_root, { [param.name]: value }) => value;
  if (param.kind !== "args") return null;
  const names = namesOf(param.getType() as object);
  return (_root, args) => {
    const chosen: Record<string, unknown> = {};
    for (const name of names) if (args[name] !== undefined) chosen[name] = args[name];
    return chosen;
  };
}

/** Arguments that a class of them stands for, with those of the classes that it extends. */
function namesOf(type: object): string[] {
  const own = getMetadataStorage().argumentTypes.find(({ target }) => target === type)?.fields ?? [];
  const above = Object.getPrototypeOf(type) as object | null;
  return [...own.map(({ name }) => name), ...(above === null || above === Function.prototype ? [] : namesOf(above))];
}

function caller(method: Method, instance: object, given: readonly Pick[]): GraphQLFieldResolver<unknown, ApiContext> {
  const [first, second, third] = given;
  if (given.length === 1) return (root, args: Given, context, info) => method.call(instance, first!(root, args, context, info));
  if (given.length === 2) return (root, args: Given, context, info) => method.call(instance, first!(root, args, context, info), second!(root, args, context, info));
  if (given.length === 3) return (root, args: Given, context, info) => method.call(instance, first!(root, args, context, info), second!(root, args, context, info), third!(root, args, context, info));
  return (root, args: Given, context, info) => method.apply(instance, given.map((pick) => pick(root, args, context, info)));
}
