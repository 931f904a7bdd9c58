import { Gauge, type Registry } from "prom-client";
import type { DataSource } from "typeorm";

/** What waits, and what an operator has to look at; asked of Postgres whenever the metrics are read. */
export function backlogMetrics(database: DataSource, registry: Registry): void {
  const gauge = (name: string, help: string, label: string, query: string): void => {
    const each: Gauge = new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [registry],
      async collect() {
        const rows = (await database.query(query)) as { label: string; count: string }[];
        each.reset();
        for (const row of rows) each.set({ [label]: row.label }, Number(row.count));
      },
    });
  };
  gauge("galen_uploads_open", "Uploads on their way, by status.", "status", "select status as label, count(*) from app.upload where status not in ('CREATED', 'STORED', 'SUBMITTED', 'REFUSED', 'FAILED', 'WITHDRAWN') group by 1");
  gauge("galen_grants_open", "Access grants that wait for their header, by kind.", "kind", "select kind as label, count(*) from app.access_grant where status = 'REQUESTED' group by 1");
  gauge("galen_outbox_open", "Transactions that are not final, by role.", "role", "select role as label, count(*) from app.tx_outbox where status in ('QUEUED', 'SIGNED', 'MINED') group by 1");
  gauge("galen_dead_letters_open", "Jobs that were given up and not taken up again, by queue.", "queue", "select queue as label, count(*) from app.dead_letter where retried_at is null group by 1");
}
