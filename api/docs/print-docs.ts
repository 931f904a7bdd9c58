import {
  astFromValue, isEnumType, isInputObjectType, isObjectType, isScalarType, isSpecifiedScalarType, lexicographicSortSchema, parseValue, print, type GraphQLArgument, type GraphQLField, type GraphQLInputField, type GraphQLNamedType,
  type GraphQLObjectType, type GraphQLSchema,
} from "graphql";
import { declaredCost } from "../limits/costs.js";
import { ruleOf } from "../rules/enforce-rules.js";
import { preface } from "./preface.js";

const others = { error: "others get an error", null: "others get null", rows: "others get nothing of it" } as const;

/** One line of Markdown. */
const line = (text: string | null | undefined): string => (text ?? "").replace(/\s*\n\s*/g, " ").replaceAll("|", "\\|");

const printArgument = ({ name, type, description, defaultValue, deprecationReason }: GraphQLArgument | GraphQLInputField): string =>
  `  - \`${name}: ${String(type)}\`${defaultValue === undefined ? "" : ` = \`${print(astFromValue(defaultValue, type) ?? parseValue("null"))}\``} ${line(description)}${deprecationReason ? ` Deprecated: ${line(deprecationReason)}` : ""}`;

function printRoot(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): string {
  const { who, others: rest } = ruleOf(type, field);
  const cost = declaredCost(field.extensions);
  const notes = [`For ${who}${who === "anyone" ? "" : `; ${others[rest]}`}.`, ...(cost > 0 ? [`Costs ${cost} beside what is asked in it.`] : []), ...(field.deprecationReason ? [`Deprecated: ${line(field.deprecationReason)}`] : [])];
  return [`- **\`${field.name}: ${String(field.type)}\`** ${line(field.description)} *${notes.join(" ")}*`, ...field.args.map(printArgument)].join("\n");
}

function printType(type: GraphQLNamedType): string {
  const head = `### ${type.name}\n\n${line(type.description)}\n`;
  if (isObjectType(type)) {
    const rows = Object.values(type.getFields()).map((field) => {
      const args = field.args.length === 0 ? "" : `(${field.args.map((argument) => `${argument.name}: ${String(argument.type)}`).join(", ")})`;
      const cost = declaredCost(field.extensions);
      return `| \`${field.name}${args}: ${String(field.type)}\` | ${line(ruleOf(type, field).who)} | ${line(field.description)}${cost > 0 ? ` Costs ${cost}.` : ""}${field.deprecationReason ? ` Deprecated: ${line(field.deprecationReason)}` : ""} |`;
    });
    return `${head}\n| field | for | |\n|---|---|---|\n${rows.join("\n")}\n`;
  }
  if (isInputObjectType(type)) return `${head}\n${Object.values(type.getFields()).map((field) => printArgument(field).trimStart()).join("\n")}\n`;
  if (isEnumType(type)) return `${head}\n${type.getValues().map(({ name, description }) => `- \`${name}\` ${line(description)}`).join("\n")}\n`;
  return head;
}

/** @returns docs/api.md: how the API is used, and all that the schema offers, with who may see or do it. */
export function printApiDocs(given: GraphQLSchema): string {
  const schema = lexicographicSortSchema(given);
  const roots = [
    ["Queries", schema.getQueryType()],
    ["Mutations", schema.getMutationType()],
    ["Subscriptions", schema.getSubscriptionType()],
  ] as const;
  const rootTypes = roots.map(([, type]) => type);
  const types = Object.values(schema.getTypeMap()).filter((type) => !type.name.startsWith("__") && !rootTypes.some((root) => root === type) && !isSpecifiedScalarType(type));
  const named = (title: string, holds: (type: GraphQLNamedType) => boolean): string => `## ${title}\n\n${types.filter(holds).map(printType).join("\n")}`;
  return [
    preface(),
    ...roots.map(([title, type]) => `## ${title}\n\n${type ? Object.values(type.getFields()).map((field) => printRoot(type, field)).join("\n") : ""}\n`),
    named("Objects", isObjectType),
    named("Inputs", isInputObjectType),
    named("Enumerations", isEnumType),
    named("Scalars", isScalarType),
  ].join("\n");
}
