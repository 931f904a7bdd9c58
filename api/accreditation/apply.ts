import { randomBytes } from "node:crypto";
import { hexlify, keccak256, toUtf8Bytes } from "ethers";
import type { DataSource } from "typeorm";
import { credentialCommitment as credentialCommitmentOf } from "../../crypto/credential-commitment.js";
import { nodeBackend } from "../../crypto/backend/node.js";
import { pointOf } from "../../crypto/ring/curve.js";
import { parseRecipient, recipientCommitment } from "../../crypto/recipient.js";
import { Application } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import { Role } from "../../schema/market.js";
import { parseMask, parseText } from "../input/parse.js";
import type { ApplicationInput } from "../types/upload.js";

/** Roles that an outsider may ask for. */
const openRoles = [Role.PROVIDER, Role.BUYER, Role.AUDITOR];

/** bytes32 that all accounts of one institution share. */
const institutionHash = (name: string): string => keccak256(toUtf8Bytes(name.normalize("NFKC").toLowerCase().replace(/\s+/g, " ")));

/** Applications that the chain has answered: their credential is in the registry. */
export const decidedOnChain = "exists (select from participant p where p.to_block is null and p.account = a.account and p.credential_commitment = a.credential_commitment)";

/** @throws AppError BAD_INPUT unless it is a point of the curve. */
function parseRingKey(text: string): string {
  const [, x, y] = /^0x([0-9a-f]{64})([0-9a-f]{64})$/.exec(text.toLowerCase()) ?? [];
  if (x === undefined || y === undefined || pointOf({ x: BigInt(`0x${x}`), y: BigInt(`0x${y}`) }) === null) {
    throw new AppError("BAD_INPUT", "ringKey: x and y of a point of alt_bn128, 0x and 128 digits", { details: { field: "ringKey" } });
  }
  return text.toLowerCase();
}

/**
 * Makes an application. The same one again gives the one that waits.
 * @param account - lower case.
 * @throws AppError BAD_INPUT; CONFLICT if another one of this account waits.
 */
export async function applyForAccreditation(database: DataSource, account: string, input: ApplicationInput): Promise<Application> {
  const roles = parseMask("roles", input.roles);
  if (input.roles.some((role) => !openRoles.includes(role))) throw new AppError("BAD_INPUT", "roles: only PROVIDER, BUYER and AUDITOR can be applied for", { details: { field: "roles" } });
  const institutionName = parseText("institutionName", input.institutionName, 200);
  const credential = parseText("credential", input.credential, 500);
  const ringKey = input.ringKey === null || input.ringKey === undefined ? null : parseRingKey(input.ringKey);
  const recipient = parseRecipient(nodeBackend, input.recipient).text;
  const commitment = recipientCommitment(recipient);
  const salt = hexlify(randomBytes(32));
  const credentialCommitment = credentialCommitmentOf({ account, institutionName, credential }, salt);

  return database.transaction(async (manager) => {
    // What the chain has answered no longer waits.
    await manager.query(`update app.application a set status = 'DECIDED', decided_at = now() where a.account = $1 and a.status = 'PENDING' and ${decidedOnChain}`, [account]);
    await manager.query("insert into app.recipient (commitment, account, recipient) values ($1, $2, $3) on conflict (commitment) do nothing", [commitment, account, recipient]);
    const made = (await manager.query(
      `insert into app.application (account, roles, kind, institution, institution_name, credential, credential_salt, credential_commitment, recipient_commitment, ring_key)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (account) where status = 'PENDING' do nothing returning id`,
      [account, roles, input.kind, institutionHash(institutionName), institutionName, credential, salt, credentialCommitment, commitment, ringKey],
    )) as { id: string }[];
    const repository = manager.getRepository(Application);
    if (made[0]) return repository.findOneByOrFail({ id: made[0].id });
    const waiting = await repository.findOneByOrFail({ account, status: "PENDING" });
    const isSame = waiting.roles === roles && waiting.kind === Number(input.kind) && waiting.institutionName === institutionName && waiting.credential === credential && waiting.recipientCommitment === commitment && waiting.ringKey === ringKey;
    if (!isSame) throw new AppError("CONFLICT", "Another application of this account waits for the registrar.");
    return waiting;
  });
}
