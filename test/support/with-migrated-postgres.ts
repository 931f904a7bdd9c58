import { connectDatabase } from "../../platform/database/connect.js";
import { migrate } from "../../platform/database/migrate.js";
import { withPostgres, type TestService } from "./with-postgres.js";

/** A Postgres of the test's own, with our tables and nothing in them. */
export async function withMigratedPostgres(): Promise<TestService> {
  const postgres = await withPostgres();
  try {
    const database = await connectDatabase({ url: postgres.url, service: "test" });
    await migrate(database).finally(() => database.destroy());
    return postgres;
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}
