import type { Command } from "commander";
import { toBeHex, Wallet } from "ethers";
import { nodeBackend } from "../../crypto/backend/node.js";
import { generateIdentity } from "../../crypto/identity.js";
import { newRingKey } from "../../crypto/ring/ring.js";
import { operations, ringKeyOf } from "../../client/index.js";
import { commaList } from "./arguments.js";
import { userContext } from "./context.js";
import { openProfile } from "./profile.js";

/** `galen account …`: the own keys, signing in, applying for accreditation. */
export function addAccountCommands(program: Command): void {
  const account = program.command("account").description("your keys, your session, your accreditation");

  account
    .command("create")
    .description("make a wallet and an age identity in your profile folder (0600)")
    .option("--x25519", "a classic X25519 identity, for the stock age before 1.3 (records that allow it only)")
    .action((options: { x25519?: boolean }, command: Command) => {
      const { profile, print } = userContext(command);
      const wallet = Wallet.createRandom();
      const keys = generateIdentity(nodeBackend, options.x25519 ? "age-v1/x25519" : "age-v1/mlkem768x25519");
      profile.create({ privateKey: wallet.privateKey, ...keys, ringSecret: toBeHex(newRingKey().secret, 32) });
      print.result({ address: wallet.address, recipient: keys.recipient }, [`account   ${wallet.address}`, `recipient ${keys.recipient.slice(0, 32)}…`, `kept in   ${profile.folder}`]);
    });

  account
    .command("one-time")
    .description("make an account for one anonymous listing, in a folder of its own: new keys, and your ring key; use it with --profile")
    .argument("<folder>", "its profile; keep it, for it is paid for the listing and withdraws it")
    .action((folder: string, _options: object, command: Command) => {
      const { profile, print } = userContext(command);
      const [wallet, oneTime] = [Wallet.createRandom(), openProfile(folder)];
      oneTime.create({ privateKey: wallet.privateKey, ...generateIdentity(nodeBackend), ringSecret: profile.ringSecret(), oneTime: true });
      print.result({ address: wallet.address }, [`account   ${wallet.address}`, `kept in   ${oneTime.folder}`, "the platform sees from where and when you ask: use another address of the network than the one you sign in from"]);
    });

  account
    .command("address")
    .description("your wallet's address")
    .action((_options: object, command: Command) => {
      const { wallet, print } = userContext(command);
      const { address } = wallet();
      print.result({ address }, address);
    });

  account
    .command("show")
    .description("who you are to the platform and the chain")
    .action(async (_options: object, command: Command) => {
      const context = userContext(command);
      const client = await context.signedIn();
      const { me } = await client.request(operations.me, {});
      const participant = me?.participant;
      context.print.result(me, [`account ${me?.account ?? "-"}`, participant ? `${participant.kind}: ${participant.roles.join(", ")}${participant.revoked ? " (revoked)" : ""}` : "not accredited"]);
    });

  account
    .command("sign-in")
    .description("sign in with Ethereum (EIP-4361) and keep the session")
    .action(async (_options: object, command: Command) => {
      const context = userContext(command);
      const client = await context.signedIn();
      context.print.result({ account: context.wallet().address, signedIn: client.token() !== "" }, `signed in as ${context.wallet().address}`);
    });

  account
    .command("apply")
    .description("apply for accreditation; the registrar decides")
    .requiredOption("--roles <roles>", "PROVIDER, BUYER, AUDITOR; several with commas")
    .requiredOption("--kind <kind>", "RESEARCH_INSTITUTION, HOSPITAL, UNIVERSITY, ENTERPRISE or PATIENT")
    .requiredOption("--institution <name>", "the institution's name")
    .requiredOption("--credential <text>", "what the registrar checks: a licence or registration number")
    .action(async (options: { roles: string; kind: string; institution: string; credential: string }, command: Command) => {
      const context = userContext(command);
      const client = await context.signedIn();
      const roles = commaList(options.roles);
      const { applyForAccreditation: application } = await client.request(operations.applyForAccreditation, {
        input: {
          roles,
          kind: options.kind.toUpperCase(),
          institutionName: options.institution,
          credential: options.credential,
          recipient: context.profile.recipient(),
          ...(roles.includes("PROVIDER") ? { ringKey: ringKeyOf(context.profile.ringSecret()) } : {}),
        },
      });
      context.print.result({ id: application.id, account: application.account, status: application.status }, `application ${application.id}: ${application.status}`);
    });
}
