import { readDeployment } from "../platform/chain/deployment.js";
import { parseEnv } from "../platform/config/parse-env.js";
import { processVariables } from "../platform/config/processes.js";
import { connectDatabase } from "../platform/database/connect.js";
import { ChainRpc } from "./chain-rpc.js";
import { rebuild, type Rebuilt } from "./rebuild-command.js";
import { rewind, type Rewound } from "./rewind-command.js";

export type OperatorCommand = { readonly name: "rewind"; readonly toBlock: number } | { readonly name: "rebuild" };

/** Runs an operator's command with the indexer's own environment; a running indexer goes on by itself. */
export async function operateIndexer(command: OperatorCommand, environment: NodeJS.ProcessEnv): Promise<Rewound | Rebuilt> {
  const env = parseEnv(processVariables.indexer, environment);
  const deployment = readDeployment(env.DEPLOYMENT_FILE);
  const database = await connectDatabase({ url: env.DATABASE_URL, service: "indexer-operator", poolSize: 1, connectTimeoutMs: env.CONNECT_TIMEOUT_MS, statementTimeoutMs: 0 });
  const rpc = new ChainRpc(env.RPC_URL, ...(env.RPC_FALLBACK_URLS ?? []));
  try {
    return command.name === "rewind" ? await rewind({ database, rpc, toBlock: command.toBlock }) : await rebuild({ database, rpc, deployment });
  } finally {
    rpc.close();
    await database.destroy();
  }
}
