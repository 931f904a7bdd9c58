import { AppError } from "../../schema/errors.js";
import { findProgram, type Rights } from "./find-program.js";

const advice = "Install redis-server (Debian/Ubuntu: `apt-get install redis-server`; macOS: `brew install redis`), or set REDIS_URL to a running Redis 6.2 or later.";

/** The advice follows the first sentence; what apt-get said stands below. */
function unavailable(why: string): AppError {
  const [sentence, ...words] = why.split("\n");
  return new AppError("REDIS_UNAVAILABLE", [`${sentence} ${advice}`, ...words].join("\n"));
}

/**
 * @returns the path of a redis-server, installed now where it is missing and can be.
 * @throws AppError REDIS_UNAVAILABLE, saying in one line what to install
 */
export const findRedisServer = (onProgress?: (line: string) => void, folders?: readonly string[], rights?: Rights): Promise<string> =>
  findProgram({ names: ["redis-server"], debianPackage: "redis-server", unavailable }, onProgress, folders, rights);
