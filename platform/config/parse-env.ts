import { z } from "zod";
import { AppError } from "../../schema/errors.js";

/**
 * Parses a process's environment once.
 * @throws AppError CONFIG_INVALID that names every missing or wrong variable at once, never their values.
 */
export function parseEnv<Shape extends z.ZodRawShape>(shape: Shape, env: NodeJS.ProcessEnv): Readonly<z.infer<z.ZodObject<Shape>>> {
  // Compose files pass unset variables as empty strings.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ""));
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
