import assert from "node:assert/strict";
import { test } from "node:test";
import { buildSchema, execute, getOperationAST, getVariableValues, parse, validate, type ExecutionResult, type GraphQLObjectType, type GraphQLSchema } from "graphql";
import { seededRandom } from "../../test/support/generated-logs.js";
import { buildApiSchema } from "../build-schema.js";
import { KnownQueries } from "./known-queries.js";
import { planQuery } from "./plan.js";
import { runPlan } from "./run-plan.js";

/** Every kind of value, and every way to fail: in the resolver or after waiting, in the value, in its writing, null where none may stand. */
const schema = buildSchema(`
  enum Colour { RED GREEN }
  input Where { a: Int = 7, list: [Int!], deep: Where }
  type Thing {
    id: ID! name: String count: Int colour: Colour method(by: Int = 2): Int
    echo(where: Where, n: Int! = 3, colour: Colour): String!
    late: String lateName: String!
    fails: String failsLate: String failing: String! failingLate: String!
    error: String wrong: Int wrongColour: Colour nothing: String none: String!
    thing: Thing! lateThing: Thing! broken: Thing things: [Thing!]! maybe: [Thing] lateThings: [Thing!] strict: [Thing!]! numbers: [Int] wrongList: [Int] grid: [[Int!]]
  }
  type Query { thing: Thing! maybe: Thing things: [Thing!] late: Thing! }
`);
const wait = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const later = async <T>(value: T): Promise<T> => (await wait(), value);
const fail = (why: string) => (): never => {
  throw new Error(why);
};

function thing(depth = 0): object {
  return {
    id: depth, name: `thing ${depth}`, count: 2 ** 31 - 1, colour: "GREEN", lateName: later("late"), error: new Error("a value that is an error"), wrong: 0.5, wrongColour: "BLUE", nothing: undefined, none: null,
    method: ({ by }: { by: number }) => by + depth,
    ...(depth < 4 ? { get thing() { return thing(depth + 1); }, lateThing: () => later(thing(depth + 1)), things: () => [thing(depth + 1), later(thing(depth + 1))], maybe: () => [null, thing(depth + 1), Promise.reject(new Error("an item"))], lateThings: () => later([thing(depth + 1)]), strict: () => [thing(depth + 1), later(null)] } : { things: [] }),
    numbers: [1, null, "x", later(4)], wrongList: 5, grid: [[1, 2], null, [null]],
  };
}

function withResolvers(): GraphQLSchema {
  const fields = (schema.getType("Thing") as GraphQLObjectType).getFields();
  fields["echo"]!.resolve = (_root, args, _context, info) => JSON.stringify([args, info.path, info.fieldName, info.parentType.name, info.fieldNodes.length, info.variableValues]);
  fields["late"]!.resolve = () => later("late");
  fields["fails"]!.resolve = fail("fails");
  fields["failing"]!.resolve = fail("failing");
  fields["failsLate"]!.resolve = () => wait().then(fail("fails late"));
  fields["failingLate"]!.resolve = () => wait().then(fail("failing late"));
  fields["broken"]!.resolve = () => "no object";
  for (const field of Object.values(schema.getQueryType()!.getFields())) field.resolve = field.name === "late" ? () => later(thing()) : field.name === "things" ? () => [thing(), thing()] : () => thing();
  return schema;
}
withResolvers();

/** Errors in an order of their own: which of two that wait fails first is nobody's promise. */
const told = ({ data, errors }: ExecutionResult): unknown => JSON.parse(JSON.stringify({ data, errors: (errors ?? []).map((error) => ({ ...error.toJSON(), origin: error.originalError?.message })).sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))) }));

async function compare(source: string, given: Record<string, unknown> = {}): Promise<void> {
  const document = parse(source);
  assert.deepEqual(validate(schema, document), [], source);
  const operation = getOperationAST(document)!;
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], given);
  const plan = planQuery(schema, document, operation, coerced!);
  assert.ok(plan, source);
  const expected = await execute({ schema, document, variableValues: given });
  // Twice: nothing of the first run may be left in the plan.
  for (let times = 0; times < 2; times++) {
    const found = await runPlan(plan, undefined, coerced!);
    assert.deepEqual(told(found), told(expected), source);
    assert.equal(JSON.stringify(found.data), JSON.stringify(expected.data), "the order of fields");
  }
}

const fragment = "fragment F on Thing { id again: name ...G } fragment G on Thing { late colour }";
const operations: [string, Record<string, unknown>?][] = [
  [`{ thing { __typename ...F ... on Thing { id thing { ...F id } } thing { name } } } ${fragment}`],
  ["query($n: Int, $w: Where, $c: Colour) { thing { echo(n: 1, where: { list: [1, 2], deep: { a: null } }, colour: RED) b: echo(where: $w, colour: $c) things { echo(where: { list: [3], a: $n }) m: method(by: $n) } } }", { n: 5, w: { list: 4 } }],
  ["query($n: Int!) { thing { echo(n: $n) } }", { n: 1 }],
  ["query($yes: Boolean!, $no: Boolean = false) { thing { id @include(if: $yes) name @skip(if: $yes) ... @include(if: $no) { count } ...F @skip(if: $no) late @include(if: true) } } " + fragment, { yes: true }],
  ["{ thing { fails failsLate error wrong wrongColour nothing method } }"],
  ["{ maybe { none late failsLate } things { failing } }"],
  ["{ late { thing { failingLate fails } } maybe { id } }"],
  ["{ thing { maybe { id fails } strict { id } } }"],
  ["{ maybe { lateThing { strict { id failsLate } } } numbers: thing { numbers wrongList grid broken { id } } }"],
];

test("a planned query answers as graphql-js does: data, order, errors, their paths, and where null spreads to", async () => {
  for (const [source, variables] of operations) await compare(source, variables);
});

test("so do generated ones", async () => {
  const random = seededRandom(63);
  const fields = Object.values((schema.getType("Thing") as GraphQLObjectType).getFields());
  const set = (depth: number): string => {
    const chosen = Array.from({ length: 1 + random(5) }, () => fields[random(fields.length)]!);
    const inner = chosen.flatMap(({ name, type }, index) => (String(type).includes("Thing") ? (depth === 0 ? [] : [`x${index}: ${name} ${set(depth - 1)}`]) : [`y${index}: ${name}`]));
    return `{ id ${inner.join(" ")} }`;
  };
  for (let count = 0; count < 300; count++) await compare(`{ maybe ${set(3)} ${["late", "things", "thing"][random(3)]!} ${set(2)} }`);
});

test("what is not planned, or wrong in its variables, is left to graphql-js; what the text decides is planned once", () => {
  const api = buildApiSchema();
  const queries = new KnownQueries(api);
  const find = (text: string, variables: Record<string, unknown> = {}, name?: string): ReturnType<KnownQueries["find"]> => {
    queries.note(text, parse(text));
    return queries.find(text, name, variables);
  };
  for (const text of ["{ __schema { description } }", "{ __proto__: chain { head } }", "mutation { signOut }", "query A { chain { head } } query B { chain { head } }"]) assert.equal(find(text), null, text);
  assert.equal(queries.find("{ chain { head } }", undefined, {}), null, "never seen");
  const text = "query A($first: Int, $yes: Boolean!) { listings(first: $first) { nodes { id status @include(if: $yes) } } }";
  assert.equal(find(text, { first: "x", yes: true }), null);
  assert.equal(find(text, {}), null);
  assert.equal(find(text, { yes: true }, "B"), null);
  const [one, other, without] = [find(text, { first: 1, yes: true }), find(text, { first: 2, yes: true }), find(text, { yes: false })];
  assert.ok(one && one.plan === other?.plan);
  assert.ok(without && without.plan !== one.plan);
  for (let index = 0; index < 200; index++) find(`{ chain { head } } # ${index} ${"x".repeat(5_000)}`);
  assert.equal(queries.find(text, undefined, { yes: true }), null, "what was not asked for long is forgotten");
});
