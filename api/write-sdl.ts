import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../platform/package-root.js";
import { printApiSchema } from "./build-schema.js";

writeFileSync(join(packageRoot(), "schema", "api.graphql"), printApiSchema());
