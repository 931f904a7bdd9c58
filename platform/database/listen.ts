import pg from "pg";

/**
 * Listens on a connection of its own and reconnects by itself. Notifications are hints: `onWake` is also called after each
 * (re)connection, so a listener that reads its table on every wake misses nothing.
 */
export async function listen(options: {
  url: string;
  channels: readonly string[];
  onWake: (channel: string | null, payload: string | null) => void;
  onError?: (error: unknown) => void;
}): Promise<{ close(): Promise<void> }> {
  let closed = false;
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;

  const open = async (): Promise<void> => {
    const next = new pg.Client({ connectionString: options.url, application_name: "galen-listen", keepAlive: true });
    let lost = false;
    const onLost = (error?: Error): void => {
      if (lost) return;
      lost = true;
      if (error) options.onError?.(error);
      if (!closed) timer = setTimeout(() => void reopen(), 250);
    };
    next.on("error", onLost);
    next.on("end", () => onLost());
    next.on("notification", ({ channel, payload }) => options.onWake(channel, payload ?? null));
    try {
      await next.connect();
      for (const channel of options.channels) await next.query(`listen ${pg.escapeIdentifier(channel)}`);
    } catch (error) {
      lost = true; // whoever called open() decides when to try again
      await next.end().catch(() => undefined);
      throw error;
    }
    if (closed) return void (await next.end().catch(() => undefined)); // close() came while we connected
    client = next;
    options.onWake(null, null);
  };
  const reopen = async (): Promise<void> => {
    if (closed) return;
    try {
      await open();
    } catch (error) {
      options.onError?.(error);
      if (!closed) timer = setTimeout(() => void reopen(), 1_000);
    }
  };

  await open();
  return {
    async close(): Promise<void> {
      closed = true;
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}
