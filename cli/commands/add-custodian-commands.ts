import { Option, type Command } from "commander";

interface Given {
  home: string;
  name: string;
  url: string;
}

/** `galen custodian …`: for who keeps shares of file keys. Needs neither the platform nor its database. */
export function addCustodianCommands(program: Command, portNumber: (text: string) => number, wholeNumber: (text: string) => number): void {
  const custodian = program.command("custodian").description("keep shares of records' keys, and release them to whom the chain says: a process of its own, on a machine of its own (docs/custody.md)");
  const home = (command: Command): Command =>
    command.requiredOption("--home <folder>", "its keys (0600, made the first time), shares and log").option("--name <name>", "what it is called", "custodian").option("--url <url>", "its address as providers and buyers see it", "http://127.0.0.1:4100");

  home(custodian.command("start").description("take, release and destroy shares, until a signal comes"))
    .requiredOption("--rpc <url>", "a chain node of its own: what this node says is believed")
    .requiredOption("--deployment <file>", "deployments/<chainId>.json of the market that it serves, checked by the custodian itself")
    .addOption(new Option("--port <port>", "where it listens").default(4100).argParser(portNumber))
    .option("--host <address>", "address that it listens on", "127.0.0.1")
    .addOption(new Option("--finality-depth <blocks>", "blocks behind the head that are taken as final").default(2).argParser(wholeNumber))
    .addOption(new Option("--unlisted-days <days>", "shares of records that are in no listing by then are destroyed").default(100).argParser(wholeNumber))
    .option("--log-level <level>", "lowest level that is logged", "info")
    .action(async (given: Given & { rpc: string; deployment: string; port: number; host: string; finalityDepth: number; unlistedDays: number; logLevel: string }) => {
      const { rpc: rpcUrl, deployment: deploymentFile, ...options } = given;
      await (await import("./custodian.js")).serve({ ...options, rpcUrl, deploymentFile });
    });
  home(custodian.command("identity").description("what others need to know of it: name, address, recipient, public key; for the platform's CUSTODIANS_FILE"))
    .action(async (given: Given) => (await import("./custodian.js")).identity(given));
  home(custodian.command("log").description("check its log, every release and refusal, against its key, and print it"))
    .action(async (given: Given) => (await import("./custodian.js")).log(given));
}
