import { createServer } from "node:http";
import { collectDefaultMetrics, Registry } from "prom-client";
import { listenHttp } from "./listen-http.js";

/** One part of a process that can be ready or not; the text says why not. */
export type ReadinessCheck = () => Promise<true | string> | true | string;

export interface HealthServer {
  port: number;
  metrics: Registry;
  close(): Promise<void>;
}

/** Serves /health (the process lives), /ready (every check holds; 503 and the reasons otherwise) and /metrics (Prometheus). */
export async function startHealthServer(options: { host: string; port: number; service: string; checks: Readonly<Record<string, ReadinessCheck>> }): Promise<HealthServer> {
  const metrics = new Registry();
  metrics.setDefaultLabels({ service: options.service });
  collectDefaultMetrics({ register: metrics });

  const readiness = async (): Promise<Record<string, string>> => {
    const entries = await Promise.all(
      Object.entries(options.checks).map(async ([name, check]) => {
        try {
          const result = await check();
          return [name, result === true ? "ok" : result] as const;
        } catch {
          return [name, "failing"] as const; // never a driver's text: it may name hosts and users
        }
      }),
    );
    return Object.fromEntries(entries);
  };

  const server = createServer((request, response) => {
    const send = (status: number, type: string, body: string): void => {
      response.writeHead(status, { "content-type": type, "cache-control": "no-store" }).end(body);
    };
    const answer = async (): Promise<void> => {
      if (request.url === "/health") return send(200, "application/json", '{"status":"ok"}');
      if (request.url === "/metrics") return send(200, metrics.contentType, await metrics.metrics());
      if (request.url !== "/ready") return send(404, "application/json", '{"status":"not found"}');
      const checks = await readiness();
      const ready = Object.values(checks).every((result) => result === "ok");
      return send(ready ? 200 : 503, "application/json", JSON.stringify({ status: ready ? "ok" : "not ready", checks }));
    };
    void answer().catch(() => send(500, "application/json", '{"status":"error"}'));
  });
  const port = await listenHttp(server, options);
  return {
    port,
    metrics,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
