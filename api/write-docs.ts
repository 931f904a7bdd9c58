import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../platform/package-root.js";
import { buildApiSchema } from "./build-schema.js";
import { printApiDocs } from "./docs/print-docs.js";

writeFileSync(join(packageRoot(), "docs", "api.md"), printApiDocs(buildApiSchema()));
