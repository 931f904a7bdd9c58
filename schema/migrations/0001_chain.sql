-- Tables of the chain. Written by the indexer alone; may be dropped and rebuilt from the chain at any time,
-- byte for byte: no wall-clock columns. Times that the contract compares are seconds since 1970 (bigint).
-- Rows with from_block/to_block are versions: one a block in which the thing changed; to_block is exclusive, null = still true.
-- Versions are written in the order of from_block, so a BRIN index finds those of a roll-back and costs next to nothing.

-- What the indexer has read. hot_block holds the blocks that a re-org may still take back.
create table chain_status (
  id smallint primary key check (id = 1),
  chain_id bigint not null,
  marketplace text not null,
  height integer not null,
  hash text not null,
  finalized_height integer not null,
  finalized_hash text not null,
  status text not null check (status in ('SYNCING', 'LIVE', 'DIVERGED'))
);
create table hot_block (
  height integer primary key,
  hash text not null
);

create table block (
  number integer primary key,
  hash text not null,
  time timestamptz not null,
  signer text
);
create index block_hash on block (hash);

create table chain_transaction (
  hash text primary key,
  block_number integer not null,
  transaction_index integer not null,
  sender text not null,
  recipient text
);
create index chain_transaction_block on chain_transaction (block_number);

create table participant (
  account text not null,
  from_block integer not null,
  to_block integer,
  institution text not null,
  roles integer not null,
  kind smallint not null,
  auditor_slot smallint not null,
  generation bigint not null,
  valid_until bigint not null,
  revoked boolean not null,
  credential_commitment text not null,
  recipient_commitment text not null,
  block_time timestamptz not null,
  transaction_hash text not null,
  log_index integer not null,
  primary key (account, from_block)
);
create unique index participant_current on participant (account) where to_block is null;
create index participant_to_block on participant (to_block) where to_block is not null;
create index participant_from_block on participant using brin (from_block) with (pages_per_range = 16, autosummarize = on);

create table listing (
  id text not null,
  from_block integer not null,
  to_block integer,
  status text not null check (status in ('PENDING', 'APPROVED', 'REJECTED', 'DELISTED')),
  provider text,
  payee text not null,
  content_hash text not null,
  plaintext_root text not null,
  ciphertext_root text not null,
  key_commitment text not null,
  metadata_hash text not null,
  legal_evidence_hash text not null,
  previous_id text,
  data_kind smallint not null,
  region integer not null,
  price numeric(78, 0) not null,
  purposes bigint not null,
  p10 numeric(78, 0) not null,
  p50 numeric(78, 0) not null,
  p90 numeric(78, 0) not null,
  model_hash text not null,
  approvals smallint not null,
  rejections smallint not null,
  sales integer not null,
  listed_block integer not null,
  listed_time timestamptz not null,
  listed_transaction text not null,
  block_time timestamptz not null,
  transaction_hash text not null,
  log_index integer not null,
  primary key (id, from_block)
);
create unique index listing_current on listing (id) where to_block is null;
create index listing_to_block on listing (to_block) where to_block is not null;
create index listing_from_block on listing using brin (from_block) with (pages_per_range = 16, autosummarize = on);
create index listing_newest on listing (listed_block desc, id) where to_block is null;
create index listing_price on listing (price, id) where to_block is null;
create index listing_status on listing (status, data_kind) where to_block is null;
create index listing_provider on listing (provider) where to_block is null;
create index listing_metadata on listing (metadata_hash) where to_block is null;

create table vote (
  id text primary key,
  listing_id text not null,
  auditor text not null,
  approve boolean not null,
  reason integer not null,
  block_number integer not null,
  block_time timestamptz not null,
  transaction_hash text not null,
  log_index integer not null
);
create index vote_listing on vote (listing_id, block_number);
create index vote_block on vote (block_number);

create table trade_order (
  id text not null,
  from_block integer not null,
  to_block integer,
  listing_id text not null,
  buyer text not null,
  salt text not null,
  price numeric(78, 0) not null,
  purpose bigint not null,
  recipient_commitment text not null,
  status text not null check (status in ('PAID', 'DELIVERED', 'DISPUTED', 'SETTLED', 'REFUNDED')),
  deliver_by bigint not null,
  delivery_commitment text,
  settle_after bigint,
  fee numeric(78, 0),
  purchased_block integer not null,
  purchased_time timestamptz not null,
  purchased_transaction text not null,
  delivered_block integer,
  delivered_time timestamptz,
  delivered_transaction text,
  closed_block integer,
  closed_time timestamptz,
  closed_transaction text,
  block_time timestamptz not null,
  transaction_hash text not null,
  log_index integer not null,
  primary key (id, from_block)
);
create unique index trade_order_current on trade_order (id) where to_block is null;
create index trade_order_to_block on trade_order (to_block) where to_block is not null;
create index trade_order_from_block on trade_order using brin (from_block) with (pages_per_range = 16, autosummarize = on);
create index trade_order_listing on trade_order (listing_id) where to_block is null;
create index trade_order_buyer on trade_order (buyer, purchased_block desc) where to_block is null;
create index trade_order_status on trade_order (status, purchased_block) where to_block is null;

create table withdrawal (
  id text primary key,
  account text not null,
  recipient text not null,
  amount numeric(78, 0) not null,
  block_number integer not null,
  block_time timestamptz not null,
  transaction_hash text not null,
  log_index integer not null
);
create index withdrawal_account on withdrawal (account);
create index withdrawal_block on withdrawal (block_number);

create table access_anchor (
  batch_index bigint primary key,
  root text not null,
  count integer not null,
  first_time bigint not null,
  last_time bigint not null,
  block_number integer not null,
  block_time timestamptz not null,
  transaction_hash text not null,
  log_index integer not null
);
create index access_anchor_block on access_anchor (block_number);

-- The feed: one row for each event applied or reverted, gap-free and in commit order; told history is never deleted,
-- also when the other tables are rebuilt. The number comes from feed_counter, locked in the writing transaction.
create table feed_counter (
  id smallint primary key check (id = 1),
  last_seq bigint not null
);
insert into feed_counter (id, last_seq) values (1, 0);
create table market_event (
  seq bigint primary key,
  op text not null check (op in ('APPLY', 'REVERT')),
  name text not null,
  block_number integer not null,
  block_hash text not null,
  block_time timestamptz not null,
  transaction_hash text not null,
  log_index integer not null,
  listing_id text,
  order_id text,
  account text,
  payload jsonb not null,
  invalid_reason text,
  reverts bigint references market_event (seq),
  check ((op = 'REVERT') = (reverts is not null))
);
create unique index market_event_reverts on market_event (reverts) where reverts is not null;
create index market_event_block on market_event (block_number);
create index market_event_listing on market_event (listing_id, seq) where listing_id is not null;
create index market_event_order on market_event (order_id, seq) where order_id is not null;

create function notify_market_event() returns trigger language plpgsql as $$
begin
  perform pg_notify('market_event', (select max(seq)::text from new_rows));
  return null;
end $$;
create trigger market_event_notify after insert on market_event
  referencing new table as new_rows for each statement execute function notify_market_event();

create function notify_chain_status() returns trigger language plpgsql as $$
begin
  perform pg_notify('chain_status', json_build_object('height', new.height, 'finalized', new.finalized_height, 'status', new.status)::text);
  return null;
end $$;
create trigger chain_status_notify after insert or update on chain_status
  for each row execute function notify_chain_status();
