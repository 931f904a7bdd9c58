import { randomBytes } from "node:crypto";
import { Interface, type InterfaceAbi, type Result } from "ethers";
import { marketplaceAbi } from "../schema/abi/marketplace.js";
import type { Sql } from "./copy-rows.js";
import type { ChainRpc } from "./chain-rpc.js";

/** A row as it stood at a block, and what the contract must answer for it there. */
interface Sample {
  readonly name: string;
  readonly call: { readonly view: string; readonly args: readonly unknown[] };
  /** Fields of the contract's answer, as texts. */
  readonly expected: Readonly<Record<string, string>>;
}

export interface SelfCheck {
  readonly height: number;
  readonly checked: number;
  /** Rows that differ, with both values. */
  readonly mismatches: readonly string[];
}

const market = new Interface(marketplaceAbi as InterfaceAbi);
const listingStatus = ["NONE", "PENDING", "APPROVED", "REJECTED", "DELISTED"];
const orderStatus = ["NONE", "PAID", "DELIVERED", "DISPUTED", "SETTLED", "REFUNDED"];
/** Hex digits of an order's commitment that the contract stores: 18 bytes. */
const commitmentDigits = 36;

/**
 * Compares a random sample of rows, as they stood at the finalized block, with the contract's state at that block.
 * @param each - rows a table.
 */
export async function selfCheck(options: { sql: Sql; rpc: ChainRpc; marketplace: string; height: number; each: number }): Promise<SelfCheck> {
  const { sql, rpc, marketplace, height, each } = options;
  const samples = [...(await listings(sql, height, each)), ...(await orders(sql, height, each)), ...(await participants(sql, height, each)), ...(await anchors(sql, height, each))];
  const mismatches: string[] = [];
  for (const { name, call, expected } of samples) {
    const answer = market.decodeFunctionResult(call.view, await rpc.view(marketplace, market.encodeFunctionData(call.view, [...call.args]), height));
    const state = (answer.length === 1 && typeof answer[0] === "object" ? (answer[0] as Result).toObject() : { value: answer[0] as unknown }) as Record<string, unknown>;
    for (const [field, value] of Object.entries(expected)) {
      const there = String(state[field]).toLowerCase();
      if (there !== value) mismatches.push(`${name} at block ${height}: ${field} is ${value} in the tables, ${there} in the contract`);
    }
  }
  return { height, checked: samples.length, mismatches };
}

const asOf = "from_block <= $1 and (to_block is null or to_block > $1)";

/** Rows from a random place in the key's order on, and then from the start: cheap, as ids are hashes. */
async function sample<Row>(sql: Sql, table: string, key: string, digits: number, height: number, each: number): Promise<Row[]> {
  const place = `0x${randomBytes(digits / 2).toString("hex")}`;
  const part = async (side: ">=" | "<", limit: number): Promise<Row[]> =>
    (await sql.query(`select * from public.${table} where ${asOf} and ${key} ${side} $2 order by ${key} limit $3`, [height, place, limit])).rows as Row[];
  const after = await part(">=", each);
  return after.length === each ? after : [...after, ...(await part("<", each - after.length))];
}

async function listings(sql: Sql, height: number, each: number): Promise<Sample[]> {
  const rows = await sample<{ id: string; price: string; purposes: string; status: string }>(sql, "listing", "id", 64, height, each);
  return rows.map((row) => ({
    name: `listing ${row.id}`,
    call: { view: "listing", args: [row.id] },
    expected: { price: row.price, purposes: row.purposes, status: `${listingStatus.indexOf(row.status)}` },
  }));
}

async function orders(sql: Sql, height: number, each: number): Promise<Sample[]> {
  const rows = await sample<{ id: string; price: string; status: string; delivery_commitment: string | null }>(sql, "trade_order", "id", 64, height, each);
  return rows.map((row) => ({
    name: `trade_order ${row.id}`,
    call: { view: "order", args: [row.id] },
    expected: {
      amount: row.price,
      status: `${orderStatus.indexOf(row.status)}`,
      commitment: (row.delivery_commitment ?? `0x${"0".repeat(64)}`).slice(0, 2 + commitmentDigits),
    },
  }));
}

interface ParticipantRow {
  account: string;
  roles: number;
  kind: number;
  auditor_slot: number;
  generation: string;
  valid_until: string;
  institution: string;
  credential_commitment: string;
  recipient_commitment: string;
}

async function participants(sql: Sql, height: number, each: number): Promise<Sample[]> {
  const rows = await sample<ParticipantRow>(sql, "participant", "account", 40, height, each);
  return rows.map((row) => ({
    name: `participant ${row.account}`,
    call: { view: "participant", args: [row.account] },
    expected: {
      ...{ roles: `${row.roles}`, kind: `${row.kind}`, auditorSlot: `${row.auditor_slot}`, generation: row.generation, validUntil: row.valid_until },
      ...{ institution: row.institution, credentialCommitment: row.credential_commitment, recipientCommitment: row.recipient_commitment },
    },
  }));
}

async function anchors(sql: Sql, height: number, each: number): Promise<Sample[]> {
  const { rows } = await sql.query<{ batch_index: string; root: string }>("select batch_index, root from public.access_anchor where block_number <= $1 order by random() limit $2", [height, each]);
  return rows.map((row) => ({ name: `access_anchor ${row.batch_index}`, call: { view: "anchorIndexOf", args: [row.root] }, expected: { value: row.batch_index } }));
}
