import { readFileSync } from "node:fs";
import { createConfig } from "ponder";

const chain = JSON.parse(readFileSync(process.env.CHAIN_JSON!, "utf8"));

export default createConfig({
  database: { kind: "postgres", connectionString: process.env.DATABASE_URL! },
  chains: { anvil: { id: 31337, rpc: chain.url, pollingInterval: 100, maxRequestsPerSecond: 100_000, disableCache: true } },
  contracts: { Marketplace: { chain: "anvil", abi: chain.abi, address: chain.address, startBlock: 0 } },
});
