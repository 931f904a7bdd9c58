import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { packageRoot } from "../platform/package-root.js";

const root = packageRoot();
const rooms = ["schema", "platform", "crypto", "records", "ml-model", "indexer", "api", "workers", "client", "custodian", "contracts", "cli", "bench", "test"];

interface Report {
  readonly summary: { readonly violations: readonly { readonly from: string; readonly to: string; readonly rule: { readonly name: string } }[]; readonly totalCruised: number };
}

/** Runs the boundary checker with our rules in `folder`. */
async function cruise(folder: string): Promise<Report["summary"]> {
  const args = ["--config", ".dependency-cruiser.cjs", "--output-type", "json", ...rooms.filter((room) => existsSync(join(folder, room)))];
  const checker = join(root, "node_modules", "dependency-cruiser", "bin", "dependency-cruise.mjs");
  // It exits with the number of violations; the report says more.
  const { stdout } = await promisify(execFile)(process.execPath, [checker, ...args], { cwd: folder, maxBuffer: 100_000_000 }).catch((error: unknown) => error as { stdout: string });
  return (JSON.parse(stdout) as Report).summary;
}

test("no room imports what it may not", async () => {
  const { violations, totalCruised } = await cruise(root);
  assert.deepEqual(violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`), []);
  assert.ok(totalCruised > 100, `only ${totalCruised} files were seen`);
});

test("the checker sees planted violations", async () => {
  const folder = mkdtempSync(join(root, ".build", "planted-"));
  try {
    for (const file of [".dependency-cruiser.cjs", "package.json", "tsconfig.json"]) cpSync(join(root, file), join(folder, file));
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    const plant = (path: string, text: string): void => {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      writeFileSync(join(folder, path), text);
    };
    plant("schema/errors.ts", "export const code = 1;\n");
    plant("schema/market.ts", 'import { db } from "../platform/db.js";\nexport const market = db;\n');
    plant("platform/db.ts", "export const db = 1;\n");
    plant("crypto/key.ts", 'import { market } from "../schema/market.js";\nimport { readFileSync } from "node:fs";\nexport const key = [market, readFileSync];\n');
    plant("crypto/disk-node.ts", 'import { code } from "../schema/errors.js";\nimport { readFileSync } from "node:fs";\nexport const disk = [code, readFileSync];\n');
    plant("records/age.ts", 'import { key } from "../crypto/key.js";\nexport const age = key;\n');
    plant("ml-model/predict.ts", "export const predict = 1;\n");
    plant("ml-model/train.ts", "export const train = 1;\n");
    plant("indexer/sign.ts", 'import { key } from "../crypto/key.js";\nexport const sign = key;\n');
    plant("api/price.ts", 'import { predict } from "../ml-model/predict.js";\nimport { train } from "../ml-model/train.js";\nexport const price = [predict, train];\n');
    plant("api/price.test.ts", 'import { train } from "../ml-model/train.js";\nexport const trained = train;\n');
    plant("client/run.ts", 'import { galen } from "../cli/galen.js";\nexport const run = galen;\n');
    plant("cli/galen.ts", 'import { helper } from "../test/helper.js";\nexport const galen = helper;\n');
    plant("test/helper.ts", "export const helper = 1;\n");
    plant("workers/lost.ts", 'import { nothing } from "./nowhere.js";\nexport const lost = nothing;\n');
    plant("workers/circle-a.ts", 'import { b } from "./circle-b.js";\nexport const a = (): unknown => b;\n');
    plant("workers/circle-b.ts", 'import { a } from "./circle-a.js";\nexport const b = (): unknown => a;\n');

    const { violations } = await cruise(folder);
    const seen = violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`).sort();
    assert.deepEqual(
      seen.filter((line) => !line.startsWith("no-circular")),
      [
        "nothing-imports-cli: client/run.ts → cli/galen.ts",
        "production-imports-no-test: cli/galen.ts → test/helper.ts",
        "pure-rooms-without-node: crypto/key.ts → fs",
        "resolvable: workers/lost.ts → ./nowhere.js",
        "room-api: api/price.ts → ml-model/train.ts",
        "room-client: client/run.ts → cli/galen.ts",
        "room-crypto: crypto/key.ts → schema/market.ts",
        "room-indexer: indexer/sign.ts → crypto/key.ts",
        "room-records: records/age.ts → crypto/key.ts",
        "room-schema: schema/market.ts → platform/db.ts",
      ],
    );
    assert.ok(seen.some((line) => line.startsWith("no-circular: workers/circle-")));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
