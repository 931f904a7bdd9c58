/** Asks the process in this container whether it is ready: `node dist/platform/service/health-check.js`. Ends with 0 or 1, for compose. */
const port = process.env["HEALTH_PORT"] ?? "";
try {
  const response = await fetch(`http://127.0.0.1:${port}/ready`, { signal: AbortSignal.timeout(2_000) });
  if (!response.ok) process.stderr.write(`${await response.text()}\n`);
  process.exitCode = response.ok ? 0 : 1;
} catch {
  process.stderr.write(`nothing answers on port ${port}\n`);
  process.exitCode = 1;
}
