/**
 * The rooms of ARCHITECTURE.md, and what each may import of ours. `test/boundaries.test.ts` runs this on the tree and on a planted
 * violation. Keep in step with the table there.
 */
const mayImport = {
  schema: [],
  platform: ["schema"],
  crypto: ["schema/errors"],
  records: ["schema/errors"],
  "ml-model": ["schema", "platform"],
  indexer: ["schema", "platform"],
  // Of ml-model, prediction alone, with the shape of what it is asked.
  api: ["schema", "platform", "crypto", "ml-model/predict", "ml-model/price-input"],
  workers: ["schema", "platform", "crypto", "records", "ml-model"],
  client: ["crypto", "records", "schema"],
  custodian: ["schema", "platform", "crypto"],
  contracts: ["schema", "platform"],
};

const rooms = [...Object.keys(mayImport), "cli", "web", "bench", "test"];

/** Tests stand beside the code that they test, and may use the helpers of `test/` and whatever else they need. */
const tests = "\\.test\\.ts$";

const roomRules = Object.entries(mayImport).map(([room, allowed]) => ({
  name: `room-${room}`,
  comment: `${room}/ may import ${allowed.length === 0 ? "nothing of ours" : allowed.join(", ")}.`,
  severity: "error",
  from: { path: `^${room}/`, pathNot: tests },
  to: {
    path: `^(${rooms.join("|")})/`,
    pathNot: [`^${room}/`, ...allowed.map((target) => `^${target}${target.includes("/") ? "(\\.ts|[-./])" : "/"}`)],
  },
}));

module.exports = {
  forbidden: [
    ...roomRules,
    {
      name: "no-circular",
      comment: "A circle of imports makes the order of loading matter. Types alone, and TypeORM's lazily named relations, may close one.",
      severity: "error",
      from: { pathNot: "^schema/entities/" },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "nothing-imports-cli",
      comment: "cli/ is the outermost room.",
      severity: "error",
      from: { pathNot: ["^cli/", tests] },
      to: { path: "^cli/" },
    },
    {
      name: "production-imports-no-test",
      comment: "bench/, test/ and web/ are imported by no room.",
      severity: "error",
      from: { path: `^(${[...Object.keys(mayImport), "cli"].join("|")})/`, pathNot: tests },
      to: { path: ["^(test|bench|web)/", tests] },
    },
    {
      name: "pure-rooms-without-node",
      comment: "crypto/ and records/ run in browsers too: `node:` stands in files named node.ts or *-node.ts alone (D13).",
      severity: "error",
      from: { path: "^(crypto|records)/", pathNot: [tests, "(^|[/-])node\\.ts$"] },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "registered-packages-only",
      comment: "A package that package.json does not name is there by chance.",
      severity: "error",
      from: { pathNot: tests },
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
    },
    {
      name: "no-development-package-in-production",
      comment: "Development packages are not in the production image. Only tests, benches and the demo's actors use them.",
      severity: "error",
      from: { path: `^(${Object.keys(mayImport).join("|")})/`, pathNot: [tests, "^contracts/tools/", "^schema/.*generate"] },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only", "npm-no-pkg"] },
    },
    {
      name: "resolvable",
      comment: "The import leads nowhere.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(node_modules|dist|\\.build|\\.galen|web/node_modules|bench/peers)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"] },
  },
};
