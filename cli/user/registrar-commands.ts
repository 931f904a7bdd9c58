import type { Command } from "commander";
import { accredit, freeAuditorSlot, mint, operations, registerRing, waitForBlock } from "../../client/index.js";
import { parseMoney, positiveInteger } from "./arguments.js";
import { minedFields, minedLine } from "./mined.js";
import { userContext } from "./context.js";

/** Members that the contract takes in one ring. */
const largestRing = 32;

/** `galen registrar …` and `galen treasurer …`: the administrators' own wallets. */
export function addRegistrarCommands(program: Command): void {
  const registrar = program.command("registrar").description("accredit institutions (the registrar's wallet)");

  registrar
    .command("queue")
    .description("applications that wait")
    .action(async (_options: object, command: Command) => {
      const context = userContext(command);
      const client = await context.signedIn();
      const { accreditationQueue } = await client.request(operations.accreditationQueue, {});
      context.print.table(accreditationQueue, ["application", "account", "institution", "kind", "roles"], accreditationQueue.map((each) => [each.id, each.account, each.institutionName, each.kind, each.roles.join(", ")]));
    });

  registrar
    .command("accredit")
    .description("compare credentials with their commitments and register the applicants on the chain")
    .argument("[accounts...]", "accounts to accredit; all that wait if none is named")
    .option("--days <days>", "how long the accreditation holds", positiveInteger, 365)
    .action(async (accounts: string[], options: { days: number }, command: Command) => {
      const context = userContext(command);
      const client = await context.signedIn();
      const { contracts, wallet } = await context.chain();
      const { accreditationQueue } = await client.request(operations.accreditationQueue, {});
      const wanted = new Set(accounts.map((account) => account.toLowerCase()));
      const applications = accreditationQueue.filter(({ account }) => wanted.size === 0 || wanted.has(account.toLowerCase()));
      if (applications.length === 0) return context.print.result({ accredited: [] }, "nothing to accredit");
      const validUntil = Math.floor(Date.now() / 1000) + options.days * 86_400;
      const mined = await accredit(contracts, wallet, { applications, validUntil, firstSlot: await freeAuditorSlot(contracts) });
      await waitForBlock(client, mined.block);
      context.print.result({ accredited: applications.map(({ account }) => account), ...minedFields(mined) }, `accredited ${applications.length} in ${minedLine(mined)}`);
    });

  registrar
    .command("ring")
    .description("register a ring of all accredited providers who gave a ring key: any of them may then list anonymously")
    .option("--quota <n>", "listings that the ring may open in an epoch", positiveInteger, 100)
    .option("--epoch-days <n>", "length of an epoch", positiveInteger, 1)
    .action(async (options: { quota: number; epochDays: number }, command: Command) => {
      const context = userContext(command);
      const client = await context.signedIn();
      const { contracts, wallet } = await context.chain();
      const { ringCandidates } = await client.request(operations.ringCandidates, {});
      const ringKeys = ringCandidates.flatMap(({ ringKey }) => (ringKey === null ? [] : [ringKey])).slice(0, largestRing);
      const mined = await registerRing(contracts, wallet, { ringKeys, quota: options.quota, epochSeconds: options.epochDays * 86_400 });
      await waitForBlock(client, mined.block);
      context.print.result({ ringHash: mined.result, members: ringKeys.length, ...minedFields(mined) }, `ring of ${ringKeys.length} in ${minedLine(mined)}`);
    });

  registrar
    .command("refuse")
    .description("refuse an application")
    .argument("<application>", "its id")
    .requiredOption("--reason <text>", "told to the applicant")
    .action(async (id: string, options: { reason: string }, command: Command) => {
      const context = userContext(command);
      const client = await context.signedIn();
      const { refuseAccreditation } = await client.request(operations.refuseAccreditation, { id, reason: options.reason });
      context.print.result(refuseAccreditation, `application ${id}: ${refuseAccreditation.status}`);
    });

  program
    .command("treasurer")
    .description("mint payment tokens against bank references (the treasurer's wallet)")
    .command("mint")
    .description("mint to an account; a bank reference can be used once")
    .requiredOption("--to <account>", "who is credited")
    .requiredOption("--amount <amount>", "in whole tokens, e.g. 2500.50")
    .requiredOption("--reference <text>", "the bank's reference")
    .action(async (options: { to: string; amount: string; reference: string }, command: Command) => {
      const context = userContext(command);
      const { contracts, wallet } = await context.chain();
      const mined = await mint(contracts, wallet, { to: options.to, amount: parseMoney(options.amount), bankReference: options.reference });
      context.print.result({ to: options.to, amount: options.amount, ...minedFields(mined) }, `minted ${options.amount} in ${minedLine(mined)}`);
    });
}
