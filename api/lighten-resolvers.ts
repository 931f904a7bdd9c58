import { isObjectType, type GraphQLFieldResolver, type GraphQLSchema } from "graphql";
import { getMetadataStorage } from "type-graphql";
import type { ApiContext } from "./context.js";

type Method = (this: object, ...params: unknown[]) => unknown;
type Pick = (root: unknown, context: ApiContext, info: unknown) => unknown;
const picks: Readonly<Record<string, Pick>> = { root: (root) => root, context: (_root, context) => context, info: (_root, _context, info) => info };

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
 * Calls methods behind fields without arguments straight: type-graphql sorts their parameters and wraps each call, which on a page costs more than
 * all that the methods do. Fields with arguments or middleware stay as they are.
 */
export function lightenResolvers(schema: GraphQLSchema, instances: Resolvers): GraphQLSchema {
  const { fieldResolvers, objectTypes } = getMetadataStorage();
  const names = new Map(objectTypes.map(({ target, name }) => [target, name]));
  for (const { kind, target, methodName, schemaName, getObjectType, params = [], middlewares = [], roles } of fieldResolvers) {
    const type = schema.getType(names.get(getObjectType?.() as () => unknown) ?? "");
    const field = isObjectType(type) ? type.getFields()[schemaName] : undefined;
    const isPlain = params.every((param) => param.kind === "info" || ((param.kind === "root" || param.kind === "context") && param.propertyName === undefined));
    if (kind !== "external" || !field || !isPlain || middlewares.length > 0 || roles) continue;
    const method = (target.prototype as Record<string, Method>)[methodName]!;
    const resolve = caller(method, instances.get(target), [...params].sort((a, b) => a.index - b.index).map(({ kind: from }) => picks[from]!));
    if (params.every(({ kind: from }) => from !== "info")) infoIsUnused.add(resolve);
    field.resolve = resolve;
  }
  return schema;
}

function caller(method: Method, instance: object, given: readonly Pick[]): GraphQLFieldResolver<unknown, ApiContext> {
  const [first, second, third] = given;
  if (given.length === 1) return (root, _args, context, info) => method.call(instance, first!(root, context, info));
  if (given.length === 2) return (root, _args, context, info) => method.call(instance, first!(root, context, info), second!(root, context, info));
  if (given.length === 3) return (root, _args, context, info) => method.call(instance, first!(root, context, info), second!(root, context, info), third!(root, context, info));
  return (root, _args, context, info) => method.apply(instance, given.map((pick) => pick(root, context, info)));
}
