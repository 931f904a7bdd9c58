import { readFileSync } from "node:fs";
import { z } from "zod";
import { AppError } from "../../schema/errors.js";

/** Addresses that hold a password: each may also be given as the path of a file, in `<NAME>_FILE`. */
export const fromFiles: readonly string[] = ["DATABASE_URL", "REDIS_URL"];

function readLine(name: string, file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw new AppError("CONFIG_INVALID", `${name}_FILE: cannot read ${file}.`, { cause, details: { variables: [`${name}_FILE`] } });
  }
}

/**
 * Parses a process's environment once.
 * @throws AppError CONFIG_INVALID that names every missing or wrong variable at once, never their values.
 */
export function parseEnv<Shape extends z.ZodRawShape>(shape: Shape, env: NodeJS.ProcessEnv): Readonly<z.infer<z.ZodObject<Shape>>> {
  // Compose files pass unset variables as empty strings.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ""));
  for (const name of fromFiles.filter((each) => each in shape && !(each in given))) {
    const file = given[`${name}_FILE`];
    if (file !== undefined) given[name] = readLine(name, file);
  }
  const parsed = z.object(shape).safeParse(given);
  if (parsed.success) return Object.freeze(parsed.data);
  const wrong = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0] ?? "");
    return name in given ? `${name}: ${issue.message}` : `${name}: missing`;
  });
  throw new AppError("CONFIG_INVALID", `Environment variables are missing or wrong: ${wrong.join("; ")}`, {
    details: { variables: parsed.error.issues.map((issue) => String(issue.path[0] ?? "")) },
  });
}
