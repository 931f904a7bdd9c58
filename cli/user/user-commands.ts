import type { Command } from "commander";
import { addAccountCommands } from "./account-commands.js";
import { addAuditorCommands } from "./auditor-commands.js";
import { addBuyerCommands } from "./buyer-commands.js";
import { addCitationCommands } from "./citation-commands.js";
import { addErasureCommand } from "./erasure-command.js";
import { addExportCommands } from "./export-commands.js";
import { addMarketCommands } from "./market-commands.js";
import { addOperatorCommands } from "./operator-commands.js";
import { addProviderCommands } from "./provider-commands.js";
import { addRegistrarCommands } from "./registrar-commands.js";
import { addReviewCommands } from "./review-commands.js";
import { addSamplesCommand } from "./samples-command.js";
import { addVerifyCommands } from "./verify-commands.js";

/** The commands of the market's users. They know the public API's address and their own folder, and work through `client/` alone. */
export function addUserCommands(program: Command): void {
  program
    .option("--profile <folder>", "your own folder, with keys and session (default: ~/.config/galen)", process.env["GALEN_PROFILE"])
    .option("--api <url>", "the platform's address", process.env["GALEN_API"] ?? "http://127.0.0.1:4000")
    .option("--rpc <url>", "the chain's RPC address (default: the one that the API names)")
    .option("--json", "print JSON, for programs");
  addAccountCommands(program);
  addProviderCommands(program);
  addReviewCommands(program);
  addErasureCommand(program);
  addAuditorCommands(program);
  addBuyerCommands(program);
  addMarketCommands(program);
  addCitationCommands(program);
  addExportCommands(program);
  addRegistrarCommands(program);
  addOperatorCommands(program);
  addSamplesCommand(program);
  addVerifyCommands(program);
}
