import { createServer } from "node:net";
import { AppError } from "../../schema/errors.js";

/**
 * @param wanted - a port that must be free: throws PORT_IN_USE when it is not. 0 or undefined: any.
 * @returns a port of 127.0.0.1 that was free a moment ago.
 */
export async function freePort(wanted = 0): Promise<number> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ port: wanted, host: "127.0.0.1", exclusive: true }, resolve);
    });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EADDRINUSE") {
      throw new AppError("PORT_IN_USE", `Port ${wanted} on 127.0.0.1 is taken by another process.`, { cause, details: { port: wanted } });
    }
    throw new AppError("BAD_INPUT", `Cannot listen on port ${wanted}: ${(cause as Error).message}`, { cause, details: { port: wanted } });
  }
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
