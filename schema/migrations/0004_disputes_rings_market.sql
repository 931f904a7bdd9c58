-- Tables for the events that were told in the feed alone: disputes, rings and their key images, the market's pauses.
-- As in 0001: rebuilt from the chain byte for byte; from_block/to_block are versions.

create table dispute (
  order_id text not null,
  from_block integer not null,
  to_block integer,
  listing_id text not null,
  buyer text not null,
  status text not null check (status in ('OPEN', 'FOR_BUYER', 'FOR_PAYEE')),
  -- What is complained of: IDisputes.Claim.
  claim smallint not null,
  leaf_index numeric(78, 0) not null,
  leaf_hash text not null,
  vote_until bigint not null,
  votes_for_buyer smallint not null,
  votes_for_payee smallint not null,
  opened_block integer not null,
  opened_time timestamptz not null,
  opened_transaction text not null,
  resolved_block integer,
  resolved_time timestamptz,
  resolved_transaction text,
  block_time timestamptz not null,
  transaction_hash text not null,
  log_index integer not null,
  primary key (order_id, from_block)
);
create unique index dispute_current on dispute (order_id) where to_block is null;
create index dispute_to_block on dispute (to_block) where to_block is not null;
create index dispute_from_block on dispute using brin (from_block) with (pages_per_range = 16, autosummarize = on);
create index dispute_open on dispute (vote_until) where to_block is null and status = 'OPEN';
create index dispute_listing on dispute (listing_id) where to_block is null;

create table dispute_vote (
  id text primary key,
  order_id text not null,
  auditor text not null,
  for_buyer boolean not null,
  reason integer not null,
  block_number integer not null,
  block_time timestamptz not null,
  transaction_hash text not null,
  log_index integer not null
);
create index dispute_vote_order on dispute_vote (order_id, block_number);
create index dispute_vote_block on dispute_vote (block_number);

-- `used` counts listings of `epoch`, the Unix time of their block divided by epoch_length.
create table ring (
  hash text not null,
  from_block integer not null,
  to_block integer,
  members integer not null,
  quota integer not null,
  epoch_length bigint not null,
  epoch bigint not null,
  used integer not null,
  revoked boolean not null,
  block_time timestamptz not null,
  transaction_hash text not null,
  log_index integer not null,
  primary key (hash, from_block)
);
create unique index ring_current on ring (hash) where to_block is null;
create index ring_to_block on ring (to_block) where to_block is not null;
create index ring_from_block on ring using brin (from_block) with (pages_per_range = 16, autosummarize = on);

-- The points of a ring; its hash is keccak256 of the keys in the order of their positions.
create table ring_member (
  id text primary key,
  ring_hash text not null,
  position integer not null,
  key text not null,
  block_number integer not null,
  block_time timestamptz not null,
  transaction_hash text not null,
  log_index integer not null
);
create index ring_member_ring on ring_member (ring_hash, position);
create index ring_member_key on ring_member (key);
create index ring_member_block on ring_member (block_number);

-- A use of a key image: one row a listing that a ring opened. The newest of an image is what the contract holds for it.
create table key_image (
  id text primary key,
  key_image text not null,
  ring_hash text not null,
  listing_id text not null,
  block_number integer not null,
  block_time timestamptz not null,
  transaction_hash text not null,
  log_index integer not null
);
create index key_image_image on key_image (key_image, block_number, log_index);
create index key_image_listing on key_image (listing_id);
create index key_image_ring on key_image (ring_hash);
create index key_image_block on key_image (block_number);

-- The market as a whole, one thing with versions: market time at Unix time t is
-- t - stopped - (paused_at is null ? 0 : min(t, paused_until) - paused_at).
create table market (
  id text not null check (id = 'MARKET'),
  from_block integer not null,
  to_block integer,
  -- The AccessManager.
  authority text,
  -- The last pause, unless it was ended early.
  paused_at bigint,
  paused_until bigint,
  -- Seconds of all pauses before.
  stopped bigint not null,
  block_time timestamptz not null,
  transaction_hash text not null,
  log_index integer not null,
  primary key (id, from_block)
);
create unique index market_current on market (id) where to_block is null;
create index market_to_block on market (to_block) where to_block is not null;

-- What the writing indexer last saw of the nodes: no part of what is rebuilt, and the one place with a wall-clock time.
create table chain_watch (
  id smallint primary key check (id = 1),
  observed_at timestamptz not null,
  -- The shape is that of schema/chain-watch.ts.
  seen jsonb not null
);

-- Counts the rebuilds that changed a row: the writer, which remembers current versions, sees that it must read them again.
alter table chain_status add column rebuilds integer not null default 0;
