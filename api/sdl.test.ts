import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { buildSchema, getNamedType, isEnumType, isInputObjectType, isInterfaceType, isObjectType, parse, specifiedRules, validate, visit } from "graphql";
import { packageRoot } from "../platform/package-root.js";
import { buildApiSchema, printApiSchema } from "./build-schema.js";
import { printApiDocs } from "./docs/print-docs.js";
import { examples } from "./explorer/browser/examples.js";
import { limitRules } from "./limits/rules.js";

const schema = buildApiSchema();

test("schema/api.graphql is what the resolvers make", () => {
  const committed = readFileSync(join(packageRoot(), "schema", "api.graphql"), "utf8");
  assert.equal(committed, printApiSchema(schema), "compile, then run api/write-sdl.js");
  assert.ok(buildSchema(committed).getQueryType());
});

test("docs/api.md is what the schema and the limits make", () => {
  const committed = readFileSync(join(packageRoot(), "docs", "api.md"), "utf8");
  assert.equal(committed, printApiDocs(schema), "compile, then run api/write-docs.js");
});

test("what is deprecated says what replaces it", () => {
  const deprecated = Object.values(schema.getTypeMap()).flatMap((type) => (isObjectType(type) || isInputObjectType(type) ? Object.values(type.getFields()) : isEnumType(type) ? type.getValues() : []))
    .flatMap(({ name, deprecationReason }) => (deprecationReason ? [{ name, deprecationReason }] : []));
  for (const { name, deprecationReason } of deprecated) assert.match(deprecationReason, /`\w+`/, `${name} names no replacement`);
});

test("every type, field, argument and enum value has a description", () => {
  const bare: string[] = [];
  const need = (name: string, description: string | null | undefined): void => {
    if (!description) bare.push(name);
  };
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith("__")) continue;
    if (!roots.some((root) => root === type)) need(type.name, type.description);
    if (isEnumType(type)) for (const value of type.getValues()) need(`${type.name}.${value.name}`, value.description);
    if (isInputObjectType(type)) for (const field of Object.values(type.getFields())) need(`${type.name}.${field.name}`, field.description);
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      need(`${type.name}.${field.name}`, field.description);
      for (const arg of field.args) need(`${type.name}.${field.name}(${arg.name})`, arg.description);
    }
  }
  // GraphQL's own scalars bring their descriptions.
  assert.deepEqual(bare, []);
});

test("money is never a float", () => {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith("__")) continue;
    for (const field of Object.values(type.getFields())) {
      const name = `${type.name}.${field.name}`;
      // A percentile's rank, a search's score, and the shares, ratios and losses of the price model's record are no money.
      if (!/^(PercentileValue\.percentile|NumberPercentile\.percentile|SearchHit\.score|(ModelPerformance|PricePerformance|PricePerformanceGroup|PriceDrift|ModelComparison)\..*)$/.test(name)) assert.notEqual(getNamedType(field.type).name, "Float", name);
    }
  }
});

/** What each of the three users meets the product for: fields, arguments and conditions that their examples show. */
const shown: Readonly<Record<(typeof examples)[number]["user"], readonly string[]>> = {
  portal: [
    "listings", "listing", "participants", "orders", "deliveries", "disputes", "payouts", "accessAnchors", "search", "highlight", "facets", "totalCountIsEstimate", "minBlock", "at", "tradable", "OR", "NOT", "some",
    "provenance", "proof", "blockCertificate", "block", "transaction", "assignment", "cohortCount", "sample", "signInChallenge", "signIn", "createApiKey", "apiKeyUsage", "preparePurchase", "order", "acknowledgeDelivery", "openDispute",
  ],
  auditor: [
    "auditQueue", "claimAudit", "renewClaim", "releaseClaim", "requestAuditAccess", "report", "auditDecisionTypedData", "submitAuditSignatures", "disputeQueue", "resolveDispute", "auditStats", "audits", "assignmentRound",
    "commitSecret", "revealSecret",
  ],
  analyst: [
    "listingAggregates", "orderAggregates", "auditAggregates", "groupBy", "bucket", "timeZone", "having", "orderBy", "limit", "at", "percentiles", "histogram", "median", "engine", "exportRows", "export", "cite", "replay", "marketEvents",
    "chainHead", "pricePrediction", "chain",
  ],
};

test("GraphiQL's examples hold for the schema and its limits, and show each feature to whom it is for", () => {
  for (const { query } of examples) assert.deepEqual(validate(schema, parse(query), [...specifiedRules, ...limitRules]), []);
  for (const [user, features] of Object.entries(shown)) {
    const names = new Set<string>();
    for (const { query, variables } of examples.filter((each) => each.user === user)) {
      visit(parse(query), { Name: (node) => void names.add(node.value) });
      JSON.stringify(variables, (key, value: unknown) => (names.add(key), value));
    }
    assert.deepEqual(features.filter((name) => !names.has(name)), [], user);
  }
});
