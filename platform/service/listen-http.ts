import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { AppError } from "../../schema/errors.js";

/**
 * @returns the port taken (port 0 takes any free one).
 * @throws AppError PORT_IN_USE, naming the port.
 */
export async function listenHttp(server: Server, options: { host: string; port: number }): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      reject(cause.code === "EADDRINUSE" ? new AppError("PORT_IN_USE", `Port ${options.port} on ${options.host} is taken by another process.`, { cause, details: { port: options.port } }) : cause);
    });
    server.listen(options.port, options.host, resolve);
  });
  return (server.address() as AddressInfo).port;
}
