import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { addCustodianCommands } from "./commands/add-custodian-commands.js";
import { reportError } from "./report-error.js";

/** A commander argument parser for ports. */
function portNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) throw new InvalidArgumentError("A port is a number from 0 (any free one) to 65535.");
  return value;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("A whole number, please.");
  return Number(text);
}

function buildProgram(): Command {
  const program = new Command("galen")
    .description("Galen: medical data, de-identified, priced, encrypted, audited and traded on a chain.")
    .showHelpAfterError("(add --help for the usage)")
    .exitOverride();
  const home = (): Option => new Option("--home <folder>", "where data, keys and logs are kept").env("GALEN_HOME").default(".galen");

  program
    .command("start")
    .description("bring the whole stack up on this machine and keep it up (Ctrl-C stops it, nothing is lost)")
    .addOption(home())
    .addOption(new Option("--port <port>", "the API's port").env("PORT").default(4000).argParser(portNumber))
    .addOption(new Option("--rpc-port <port>", "the chain's JSON-RPC port; 0 = any free one").env("RPC_PORT").default(0).argParser(portNumber))
    .option("--custodians <file>", "who keeps file keys of client-side uploads, in shares (CUSTODIANS_FILE)")
    .action(async (options: { home: string; port: number; rpcPort: number; custodians?: string }) => (await import("./commands/start.js")).start(options));

  program
    .command("stop")
    .description("stop the stack that runs in this home, from another terminal")
    .addOption(home())
    .action(async (options: { home: string }) => (await import("./commands/stop.js")).stop(options));

  program
    .command("status")
    .description("say whether the stack of this home runs, and whether each of its services is ready")
    .addOption(home())
    .option("--json", "one JSON object on standard output")
    .action(async (options: { home: string; json?: true }) => (await import("./commands/status.js")).status(options));

  program
    .command("stack")
    .description("a stack for a program that drives it: prints one JSON line when ready, stops when standard input ends or on a signal")
    .option("--home <folder>", "where data, keys and logs are kept; a temporary folder that vanishes, unless given")
    .requiredOption("--registrar <address>", "account that accredits participants")
    .requiredOption("--treasurer <address>", "account that issues test dollars")
    .option("--delivery-window <seconds>", "how long the platform may take to deliver", Number)
    .option("--settle-window <seconds>", "how long the buyer may take to settle", Number)
    .option("--assigned", "auditors are drawn by lot: two a listing, in rounds of ten seconds")
    .option("--custodians <file>", "who keeps file keys of client-side uploads, in shares (CUSTODIANS_FILE)")
    .action(async (options: { home?: string; registrar: string; treasurer: string; deliveryWindow?: number; settleWindow?: number; assigned?: true; custodians?: string }) =>
      (await import("./commands/stack.js")).stack(options));

  addCustodianCommands(program, portNumber, wholeNumber);

  program
    .command("network")
    .description("write the genesis, keys and secrets that docker-compose.yml needs; keeps what is there")
    .option("--output <folder>", "where they go, each secret 0600", ".galen/network")
    .action(async (options: { output: string }) => (await import("./commands/network.js")).network(options));

  program
    .command("demo")
    .description("the whole trade on real files, from nothing; stops everything at the end")
    .option("--json", "one machine-readable report, last on standard output")
    .option("--assigned", "the market draws each listing's auditors by lot, from secrets that they commit to and reveal: half a minute more")
    .option("--threshold <t-of-n>", "the key of the record that is encrypted at home goes to n custodians, any t of whom release it to its buyer, e.g. 2-of-3; one of them is stopped before the delivery")
    .action(async (options: { json?: true; assigned?: true; threshold?: string }) => (await import("./demo/demo.js")).demo(options));

  program
    .command("bench")
    .description("measure against peers in one run: a table, and with --json one object last")
    .argument("<name>", "gas, indexer, vault, price …; a wrong name lists them")
    .argument("[options...]", "the bench's own options")
    .allowUnknownOption()
    .action(async (name: string, options: string[]) => (await import("./commands/bench.js")).bench(name, options));

  const index = program.command("indexer").description("mend the index; the environment is that of the indexer's process");
  index
    .command("rewind")
    .description("take tables and feed back to the end of a block, without a full re-sync; a running indexer goes on from there")
    .requiredOption("--to-block <number>", "the block; -1 for nothing", Number)
    .action(async ({ toBlock }: { toBlock: number }) => (await import("./commands/indexer.js")).indexer({ name: "rewind", toBlock }));
  index
    .command("rebuild")
    .description("make the tables again from the chain, beside the live ones, and put them in their place; the feed is left as it is")
    .action(async () => (await import("./commands/indexer.js")).indexer({ name: "rebuild" }));

  const keys = program.command("keys").description("the key-encryption keys that every record's key is sealed under; the environment is that of the workers' process");
  keys
    .command("status")
    .description("where they are, the newest version, and how many records each version seals")
    .action(async () => (await import("./commands/keys.js")).keys({ name: "status" }));
  keys
    .command("rotate")
    .description("add a version and seal every record's key under it, while the workers go on; payloads are not touched")
    .option("--resume", "no new version: go on with a rotation that was stopped")
    .action(async ({ resume }: { resume?: true }) => (await import("./commands/keys.js")).keys({ name: "rotate", fresh: resume !== true }));
  keys
    .command("retire")
    .description("destroy the versions below the newest; refused while one of them seals a record")
    .action(async () => (await import("./commands/keys.js")).keys({ name: "retire" }));

  const models = program.command("model").description("the price models; the environment needs DATABASE_URL");
  models
    .command("list")
    .description("every version: which one serves, what it was trained on, how it compared")
    .action(async () => (await import("./commands/model.js")).model({ name: "list" }));
  models
    .command("train")
    .description("train a challenger from the settled sales and the simulated market, compare it, and let it serve if it earned that; the workers do so every RETRAIN_HOURS")
    .option("--as-of <block>", "sales up to this final block (the newest one, unless told): the same block gives the same model", wholeNumber)
    .option("--no-promote", "only train and compare")
    .option("--simulated-rows <count>", "rows of the simulated market beside the sales (50,000)", wholeNumber)
    .option("--epochs <count>", "rounds through all rows (20)", wholeNumber)
    .action(async ({ asOf, promote, simulatedRows, epochs }: { asOf?: number; promote: boolean; simulatedRows?: number; epochs?: number }) =>
      (await import("./commands/model.js")).model({
        name: "train", promote,
        ...(asOf === undefined ? {} : { asOfBlock: asOf }), ...(simulatedRows === undefined ? {} : { simulatedRows }), ...(epochs === undefined ? {} : { epochs }),
      }));
  models
    .command("evaluate")
    .description("judge a model on simulated sales that it has not seen, and its record on settled ones; with plots as one HTML page")
    .argument("[hash]", "the model (the one that serves, unless told)")
    .option("--report <file>", "where the page goes")
    .action(async (modelHash: string | undefined, { report }: { report?: string }) =>
      (await import("./commands/model.js")).model({ name: "evaluate", ...(modelHash === undefined ? {} : { modelHash }) }, report));
  models
    .command("promote")
    .description("let a model serve from now on; refused if its comparison speaks against it")
    .argument("<hash>", "the model")
    .option("--force", "in spite of the comparison")
    .action(async (modelHash: string, { force }: { force?: true }) => (await import("./commands/model.js")).model({ name: "promote", modelHash, force: force === true }));
  models
    .command("rollback")
    .description("let the model serve that did before the present one")
    .action(async () => (await import("./commands/model.js")).model({ name: "rollback" }));

  program
    .command("test")
    .description("everything that must hold: types, lint, unused code, drift, contracts, unit and cross-process tests")
    .argument("[rooms...]", "only the Node tests below these folders (or of these files), without the checks before them")
    .option("--deep", "the long versions: more runs of property and fuzz tests")
    .action(async (rooms: string[], options: { deep?: true }) => (await import("./commands/test.js")).test(rooms, options));

  return program;
}

/** The `galen` command. Sets the exit code; never throws. @param argv - the arguments behind the program's name */
export async function main(argv: readonly string[]): Promise<void> {
  const program = buildProgram();
  // The users' commands load the client and its cryptography: those who run the platform need not wait for them.
  if (!program.commands.some((command) => command.name() === argv[0])) (await import("./user/user-commands.js")).addUserCommands(program);
  try {
    if (argv.length === 0) {
      program.outputHelp();
      return;
    }
    await program.parseAsync(argv, { from: "user" });
  } catch (error) {
    // Commander has printed its own complaint (or the help that was asked for).
    process.exitCode = error instanceof CommanderError ? error.exitCode : reportError(error);
  }
}
