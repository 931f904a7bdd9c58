import { startStack } from "../../platform/embedded/stack.js";
import { prepareKeyring } from "../prepare-keyring.js";
import { keepAlive, stopRequest } from "../until-stopped.js";

export interface StackCommandOptions {
  readonly home?: string;
  readonly registrar: string;
  readonly treasurer: string;
  readonly deliveryWindow?: number;
  readonly settleWindow?: number;
  readonly assigned?: true;
  readonly custodians?: string;
}

/** Two auditors a listing. Each half of a round is long enough for an auditor's program on a busy machine. */
const assignment = { roundSeconds: 10, seats: 2, exclusiveSeconds: 3_600 };

/**
 * Holds a stack for the program that started us (the demo, cross-process tests). Standard output: one line
 * `{"home", "urls": {api, graphql, rpc, postgres, redis, health}}` when all is ready. Progress goes to standard error.
 * Ends with 0 when standard input ends or a signal comes, with 1 when a part of the stack ends by itself.
 */
export async function stack(options: StackCommandOptions): Promise<void> {
  const { signal, requested } = stopRequest();
  const left = new AbortController();
  const inputEnded = new Promise<void>((resolve) => {
    const end = (): void => {
      left.abort(new Error("Standard input has ended."));
      resolve();
    };
    process.stdin.once("end", end).once("close", end).resume();
  });
  const given = AbortSignal.any([signal, left.signal]);
  try {
    const running = await startStack({
      home: options.home ?? null,
      registrar: options.registrar,
      treasurer: options.treasurer,
      prepareKeyring,
      redisUrl: process.env["REDIS_URL"],
      custodiansFile: options.custodians,
      durable: options.home !== undefined,
      onExit: "fail",
      market: {
        ...(options.deliveryWindow === undefined ? {} : { deliveryWindow: options.deliveryWindow }),
        ...(options.settleWindow === undefined ? {} : { settleWindow: options.settleWindow }),
        ...(options.assigned ? { assignment } : {}),
      },
      onProgress: (line) => process.stderr.write(`${line}\n`),
      signal: given,
    });
    process.stdout.write(`${JSON.stringify({ home: running.home, urls: running.urls })}\n`);
    const failure = await keepAlive(Promise.race([requested.then(() => null), inputEnded.then(() => null), running.failed]));
    await running.stop();
    if (failure !== null) throw failure;
  } catch (error) {
    // Asked to end while it was starting: it has stopped what it had started.
    if (!given.aborted) throw error;
  } finally {
    // An open standard input would keep us alive.
    process.stdin.destroy();
  }
}
