import { existsSync, mkdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { AppError } from "../../schema/errors.js";
import { backUpState, repairState } from "./anvil-state.js";
import { startChild, waitUntilReady, type Child } from "./child.js";
import { freePort } from "./free-port.js";

export interface AnvilOptions {
  /** Folder of the stack; the chain's state is kept in `<home>/chain/state.json`. */
  readonly home: string;
  /** Any free one unless told; PORT_IN_USE when it is taken. */
  readonly port?: number;
  /** 31337 unless told. */
  readonly chainId?: number;
  /** Seconds between empty blocks (1 unless told); a transaction is mined at once in any case. */
  readonly blockTime?: number;
  /** False: the state is not kept (tests, demo). True unless told. */
  readonly durable?: boolean;
}

export interface RunningAnvil {
  /** JSON-RPC over HTTP; the same port speaks WebSocket. */
  readonly url: string;
  readonly child: Child;
  /** True when its state file was found half-written, so that some seconds before the crash are forgotten. */
  readonly repaired: boolean;
  readonly stop: () => Promise<void>;
}

/**
 * Starts the development chain of D1 and D5: mines on each transaction and every second, asks no gas price (so any key can send), has
 * no rich accounts, and keeps its state on a stop and every second. Throws CHAIN_UNAVAILABLE with its last words.
 *
 * Old states (for proofs at old blocks) are kept while it runs, not over a restart: `--preserve-historical-states` writes every one of
 * them whole into the file each second, which with our contracts is 1 GB after an hour (measured: 300 kB a block).
 */
export async function startAnvil({ home, port: wanted, chainId = 31337, blockTime = 1, durable = true }: AnvilOptions): Promise<RunningAnvil> {
  const folder = join(home, "chain");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const cache = join(folder, "cache");
  // It leaves its cache of old states behind when it is stopped by a signal.
  rmSync(cache, { recursive: true, force: true });
  const stateFile = join(folder, "state.json");
  const repaired = durable && repairState(stateFile);
  const port = await freePort(wanted);
  const child = await startChild({
    name: "anvil",
    command: anvilBinary(),
    args: [
      "--quiet",
      ...["--host", "127.0.0.1", "--port", `${port}`, "--chain-id", `${chainId}`, "--accounts", "0"],
      ...["--mixed-mining", "--block-time", `${blockTime}`],
      ...["--gas-price", "0", "--block-base-fee-per-gas", "0", "--disable-min-priority-fee", "--gas-limit", "1000000000"],
      ...["--cache-path", cache, "--max-persisted-states", "3600"],
      ...(durable ? ["--state", stateFile, "--state-interval", "1"] : []),
    ],
    logFile: join(home, "logs", "anvil.log"),
    cwd: folder,
    // On TERM as on Ctrl-C it writes its state; that takes as long as the state is large.
    stopTimeoutMs: 20_000,
  });
  const url = `http://127.0.0.1:${port}`;
  await waitUntilReady(child, "CHAIN_UNAVAILABLE", () => answers(url, chainId), 20_000);
  const endBackups = durable ? backUpState(stateFile) : () => undefined;
  const stop = async (): Promise<void> => {
    endBackups();
    await child.stop();
  };
  return { url, child, repaired, stop };
}

async function answers(url: string, chainId: number): Promise<boolean> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}',
    signal: AbortSignal.timeout(1_000),
  });
  const { result } = (await response.json()) as { result?: string };
  return Number(result) === chainId;
}

/** The binary inside npm's platform package: needs no install script, and no wrapper process stands between us and it. */
function anvilBinary(): string {
  const name = `@foundry-rs/anvil-${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`;
  try {
    // The platform package is a dependency of the wrapper, so it may be nested under it.
    const wrapper = createRequire(import.meta.url).resolve("@foundry-rs/anvil/package.json");
    const folder = dirname(createRequire(wrapper).resolve(`${name}/package.json`));
    const path = join(folder, "bin", process.platform === "win32" ? "anvil.exe" : "anvil");
    if (existsSync(path)) return path;
  } catch {
    // Said below.
  }
  throw new AppError("CHAIN_UNAVAILABLE", `The npm package ${name}, which holds anvil, is not installed. Run \`npm ci\` (without --omit=optional).`);
}
