import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { packageRoot } from "../../platform/package-root.js";

export interface ComposeService {
  image?: string;
  build?: string;
  command?: string[];
  environment?: Record<string, string>;
  secrets?: (string | { source: string; target: string })[];
  healthcheck?: { test: string[] };
  depends_on?: Record<string, { condition: string }>;
  volumes?: string[];
  ports?: string[];
  profiles?: string[];
}

export interface ComposeFile {
  services: Record<string, ComposeService>;
  volumes: Record<string, unknown>;
  secrets: Record<string, { file: string }>;
}

/** docker-compose.yml with its anchors and merge keys resolved, as compose reads it. */
export function readCompose(): ComposeFile {
  return parse(readFileSync(join(packageRoot(), "docker-compose.yml"), "utf8"), { merge: true }) as ComposeFile;
}

/** The services that run our own code. */
export const ownServices = (compose: ComposeFile): [string, ComposeService][] => Object.entries(compose.services).filter(([, { build }]) => build !== undefined);
