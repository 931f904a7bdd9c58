import { createLogger } from "../log.js";
import { parseEnv } from "../config/parse-env.js";
import { processVariables } from "../config/processes.js";
import { runService } from "../service/run-service.js";
import { connectDatabase } from "./connect.js";
import { migrate } from "./migrate.js";

await runService("migrate", async () => {
  const env = parseEnv(processVariables.migrate, process.env);
  const log = createLogger({ service: "migrate", level: env.LOG_LEVEL });
  const database = await connectDatabase({ url: env.DATABASE_URL, service: "migrate", poolSize: 2, connectTimeoutMs: env.CONNECT_TIMEOUT_MS, statementTimeoutMs: 0 });
  try {
    log.info({ applied: await migrate(database) }, "migrated");
  } finally {
    await database.destroy();
  }
});
