import js from "@eslint/js";
import tseslint from "typescript-eslint";

/** What has a global meaning in Node and is used by our few plain JavaScript files. */
const nodeGlobals = Object.fromEntries(["process", "console", "fetch", "URL", "Buffer", "setTimeout", "clearTimeout", "AbortSignal"].map((name) => [name, "readonly"]));

export default tseslint.config(
  { ignores: ["node_modules/", "dist/", ".build/", ".galen/", "coverage/", "contracts/out/", "contracts/cache/", "schema/abi/", "**/generated/", "bench/peers/", "web/"] },
  js.configs.recommended,
  { files: ["**/*.mjs", "**/*.js", "**/*.cjs"], languageOptions: { globals: { ...nodeGlobals, module: "writable" } } },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-floating-promises": ["error", { allowForKnownSafeCalls: [{ from: "package", name: ["test", "it", "describe", "suite"], package: "node:test" }] }],
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/only-throw-error": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true }],
      "@typescript-eslint/require-await": "off",
      // Numbers, booleans and bigints read well in texts; objects do not.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      // It takes type arguments that say a query's row for assertions.
      "@typescript-eslint/no-unnecessary-type-assertion": "off",
      eqeqeq: ["error", "always", { null: "ignore" }],
      "max-lines": ["error", { max: 400, skipBlankLines: false, skipComments: false }],
      "no-console": "error",
      "no-restricted-syntax": ["error", { selector: "CallExpression[callee.object.name='test'][callee.property.name=/^(skip|only|todo)$/]", message: "No test is skipped, and none runs alone." }],
    },
  },
);
