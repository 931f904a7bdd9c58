import { parseEnv } from "../platform/config/parse-env.js";
import { processVariables } from "../platform/config/processes.js";
import { createLogger } from "../platform/log.js";
import { runService } from "../platform/service/run-service.js";
import { startApi } from "./start-api.js";

await runService("api", async (shutdown) => {
  const env = parseEnv(processVariables.api, process.env);
  await startApi(env, createLogger({ service: "api", level: env.LOG_LEVEL }), shutdown);
});
