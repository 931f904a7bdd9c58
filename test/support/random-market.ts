import { createHash } from "node:crypto";
import type { DataSource, EntityManager } from "typeorm";

/** A version of something: true from `from` up to, not including, `to`. */
export interface Version<Fields> {
  from: number;
  to: number | null;
  fields: Fields;
}

export interface ListingFields {
  id: string;
  status: string;
  provider: string | null;
  dataKind: number;
  region: number;
  price: bigint;
  purposes: number;
  predicted: bigint;
  sales: number;
  listedBlock: number;
  /** Unix seconds. */
  listedTime: number;
}
export interface OrderFields {
  id: string;
  listingId: string;
  buyer: string;
  price: bigint;
  purpose: number;
  status: string;
  fee: bigint | null;
  purchasedBlock: number;
  /** Unix seconds. */
  purchasedTime: number;
}
export interface ParticipantFields {
  account: string;
  kind: number;
}
export interface VoteFields {
  id: string;
  listingId: string;
  auditor: string;
  approve: boolean;
  reason: number;
  block: number;
  time: number;
}

const hex = (value: number, digits: number): string => `0x${value.toString(16).padStart(digits, "0")}`;
const hash = (value: number): string => `0x${createHash("sha256").update(String(value)).digest("hex")}`;
export const account = (index: number): string => hex(0xa000 + index, 40);
const pick = <T>(random: () => number, values: readonly T[]): T => values[Math.floor(random() * values.length)]!;

/** mulberry32: the same seed gives the same market. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * A market that changes at random, block by block, and is written as the indexer writes it: versions, the feed, the status, all in one transaction
 * a block; a re-org takes blocks back. What was written is also kept here, for a test to reckon with.
 */
export class RandomMarket {
  readonly listings: Version<ListingFields>[] = [];
  readonly orders: Version<OrderFields>[] = [];
  readonly participants: Version<ParticipantFields>[] = [];
  readonly votes: VoteFields[] = [];
  height = 0;
  hash = "0x0";
  finalized = 0;
  private made = 0;
  private fork = 0;

  constructor(
    private readonly database: DataSource,
    private readonly random: () => number,
    private readonly finalityDepth = 3,
  ) {}

  /** Few blocks a month, so that buckets are many. */
  timeOf(block: number): number {
    return 1_700_000_000 + block * 400_003;
  }

  async begin(): Promise<void> {
    await this.database.query("insert into chain_status (id, chain_id, marketplace, height, hash, finalized_height, finalized_hash, status) values (1, 31337, '0x', 0, '0x0', 0, '0x0', 'LIVE')");
  }

  /** Applies a block with up to so many changes. */
  async advance(changes: number): Promise<void> {
    const block = this.height + 1;
    await this.database.transaction(async (manager) => {
      for (let change = 0; change < changes; change += 1) await this.change(manager, block);
      await this.setStatus(manager, block, Math.max(this.finalized, block - this.finalityDepth));
    });
  }

  /** Takes back all blocks above one that is not final. */
  async revert(to: number): Promise<void> {
    if (to < this.finalized) throw new Error("What is final stays.");
    this.fork += 1;
    for (const versions of [this.listings, this.orders, this.participants] as Version<unknown>[][]) {
      versions.splice(0, versions.length, ...versions.filter(({ from }) => from <= to));
      for (const version of versions) if (version.to !== null && version.to > to) version.to = null;
    }
    this.votes.splice(0, this.votes.length, ...this.votes.filter(({ block }) => block <= to));
    await this.database.transaction(async (manager) => {
      for (const table of ["listing", "trade_order", "participant"]) {
        await manager.query(`delete from ${table} where from_block > $1`, [to]);
        await manager.query(`update ${table} set to_block = null where to_block > $1`, [to]);
      }
      await manager.query("delete from vote where block_number > $1", [to]);
      const told = (await manager.query(
        "select seq from market_event e where op = 'APPLY' and block_number > $1 and not exists (select from market_event r where r.reverts = e.seq) order by seq desc",
        [to],
      )) as { seq: string }[];
      for (const { seq } of told) await this.tell(manager, "REVERT", to + 1, seq);
      await this.setStatus(manager, to, this.finalized);
    });
  }

  private async setStatus(manager: EntityManager, height: number, finalized: number): Promise<void> {
    await manager.query("update chain_status set height = $1, hash = $2, finalized_height = $3, finalized_hash = $4", [height, hex(height * 1000 + this.fork, 64), finalized, hex(finalized, 64)]);
    [this.height, this.hash, this.finalized] = [height, hex(height * 1000 + this.fork, 64), finalized];
  }

  private async tell(manager: EntityManager, op: "APPLY" | "REVERT", block: number, reverts: string | null = null): Promise<void> {
    await manager.query(
      `with counter as (update feed_counter set last_seq = last_seq + 1 returning last_seq)
       insert into market_event (seq, op, name, block_number, block_hash, block_time, transaction_hash, log_index, log_part, payload, reverts)
       select last_seq, $1, 'Something', $2, $3, to_timestamp($4::bigint), '0x', 0, 0, '{}', $5::bigint from counter`,
      [op, block, hex(block * 1000 + this.fork, 64), this.timeOf(block), reverts],
    );
  }

  private async change(manager: EntityManager, block: number): Promise<void> {
    const { random } = this;
    const open = this.listings.filter(({ to }) => to === null);
    const orders = this.orders.filter(({ to }) => to === null);
    const what = random();
    if (open.length === 0 || what < 0.35) await this.list(manager, block);
    else if (what < 0.5) await this.vote(manager, block, pick(random, open).fields);
    else if (what < 0.6) await this.putListing(manager, block, { ...pick(random, open).fields, price: this.price() });
    else if (what < 0.75) await this.buy(manager, block, pick(random, open).fields);
    else if (what < 0.85 && orders.length > 0) {
      const { fields } = pick(random, orders);
      await this.putOrder(manager, block, { ...fields, status: pick(random, ["DELIVERED", "SETTLED", "REFUNDED"]), fee: random() < 0.5 ? fields.price / 40n : null });
    } else await this.putParticipant(manager, block, { account: account(Math.floor(random() * 8)), kind: 1 + Math.floor(random() * 5) });
    await this.tell(manager, "APPLY", block);
  }

  /** Few different values, so that ties are many; some beyond 2^53, so that a float would show. */
  private price(): bigint {
    return this.random() < 0.3 ? 2n ** 62n + BigInt(Math.floor(this.random() * 3)) : BigInt(1 + Math.floor(this.random() * 12)) * 1_000_000n;
  }

  private async list(manager: EntityManager, block: number): Promise<void> {
    const { random } = this;
    this.made += 1;
    await this.putListing(manager, block, {
      id: hash(this.made),
      status: pick(random, ["PENDING", "APPROVED", "REJECTED", "DELISTED"]),
      provider: random() < 0.2 ? null : account(Math.floor(random() * 5)),
      dataKind: 1 + Math.floor(random() * 4),
      region: pick(random, [276, 250, 840]),
      price: this.price(),
      purposes: 1 + Math.floor(random() * 127),
      predicted: this.price(),
      sales: 0,
      listedBlock: block,
      listedTime: this.timeOf(block),
    });
  }

  private async vote(manager: EntityManager, block: number, listing: ListingFields): Promise<void> {
    this.made += 1;
    const vote = { id: hash(this.made), listingId: listing.id, auditor: account(5 + Math.floor(this.random() * 3)), approve: this.random() < 0.7, reason: Math.floor(this.random() * 3), block, time: this.timeOf(block) };
    this.votes.push(vote);
    await manager.query("insert into vote (id, listing_id, auditor, approve, reason, block_number, block_time, transaction_hash, log_index, log_part) values ($1, $2, $3, $4, $5, $6, to_timestamp($7::bigint), '0x', 0, 0)", [
      vote.id, vote.listingId, vote.auditor, vote.approve, vote.reason, block, vote.time,
    ]);
    await this.putListing(manager, block, { ...listing, status: vote.approve ? "APPROVED" : "REJECTED" });
  }

  private async buy(manager: EntityManager, block: number, listing: ListingFields): Promise<void> {
    this.made += 1;
    await this.putOrder(manager, block, {
      id: hash(this.made), listingId: listing.id, buyer: account(Math.floor(this.random() * 8)), price: listing.price, purpose: 1 << Math.floor(this.random() * 7), status: "PAID", fee: null, purchasedBlock: block, purchasedTime: this.timeOf(block),
    });
    await this.putListing(manager, block, { ...listing, sales: listing.sales + 1 });
  }

  /** Ends the version that was true and notes the new one; within a block the last one counts. */
  private async put<Fields extends object>(manager: EntityManager, table: string, key: string, versions: Version<Fields>[], isSame: (fields: Fields) => boolean, block: number, fields: Fields, id: string): Promise<void> {
    const current = versions.find((version) => version.to === null && isSame(version.fields));
    if (current?.from === block) versions.splice(versions.indexOf(current), 1);
    else if (current) current.to = block;
    versions.push({ from: block, to: null, fields });
    await manager.query(`delete from ${table} where ${key} = $1 and from_block = $2`, [id, block]);
    await manager.query(`update ${table} set to_block = $2 where ${key} = $1 and to_block is null`, [id, block]);
  }

  private async putListing(manager: EntityManager, block: number, fields: ListingFields): Promise<void> {
    await this.put(manager, "listing", "id", this.listings, ({ id }) => id === fields.id, block, fields, fields.id);
    await manager.query(
      `insert into listing (id, from_block, status, provider, payee, content_hash, plaintext_root, ciphertext_root, key_commitment, metadata_hash, legal_evidence_hash, data_kind, region,
         price, purposes, p10, p50, p90, model_hash, approvals, rejections, sales, listed_block, listed_time, listed_transaction, block_time, transaction_hash, log_index)
       values ($1, $2, $3, $4, '0x', '0x', '0x', '0x', '0x', $1, '0x', $5, $6, $7, $8, 1, $9, 3, '0x', 0, 0, $10, $11, to_timestamp($12::bigint), '0x', to_timestamp($13::bigint), '0x', 0)`,
      [fields.id, block, fields.status, fields.provider, fields.dataKind, fields.region, String(fields.price), fields.purposes, String(fields.predicted), fields.sales, fields.listedBlock, fields.listedTime, this.timeOf(block)],
    );
  }

  private async putOrder(manager: EntityManager, block: number, fields: OrderFields): Promise<void> {
    await this.put(manager, "trade_order", "id", this.orders, ({ id }) => id === fields.id, block, fields, fields.id);
    await manager.query(
      `insert into trade_order (id, from_block, listing_id, buyer, salt, price, purpose, recipient_commitment, status, deliver_by, fee, purchased_block, purchased_time, purchased_transaction, block_time, transaction_hash, log_index)
       values ($1, $2, $3, $4, '0x', $5, $6, '0x', $7, 0, $8, $11, to_timestamp($9::bigint), '0x', to_timestamp($10::bigint), '0x', 0)`,
      [fields.id, block, fields.listingId, fields.buyer, String(fields.price), fields.purpose, fields.status, fields.fee === null ? null : String(fields.fee), fields.purchasedTime, this.timeOf(block), fields.purchasedBlock],
    );
  }

  private async putParticipant(manager: EntityManager, block: number, fields: ParticipantFields): Promise<void> {
    await this.put(manager, "participant", "account", this.participants, (each) => each.account === fields.account, block, fields, fields.account);
    await manager.query(
      `insert into participant (account, from_block, institution, roles, kind, auditor_slot, generation, valid_until, revoked, credential_commitment, recipient_commitment, block_time, transaction_hash, log_index)
       values ($1, $2, '0x', 3, $3, 0, 0, 0, false, '0x', '0x', to_timestamp($4::bigint), '0x', 0)`,
      [fields.account, block, fields.kind, this.timeOf(block)],
    );
  }
}
