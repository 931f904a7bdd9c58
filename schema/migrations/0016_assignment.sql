-- Auditors assigned by lot (AuditDraw): rounds of committed and revealed secrets, and what was drawn. Empty where a market has none.
-- As in 0001: rebuilt from the chain byte for byte; from_block/to_block are versions.

create table assignment (
  listing_id text not null,
  from_block integer not null,
  to_block integer,
  status text not null check (status in ('REQUESTED', 'DRAWN', 'OPEN')),
  round bigint not null,
  failed_draws smallint not null,
  seed text,
  exclusive_until bigint,
  block_time timestamptz not null,
  transaction_hash text not null,
  log_index integer not null,
  primary key (listing_id, from_block)
);
create unique index assignment_current on assignment (listing_id) where to_block is null;
create index assignment_to_block on assignment (to_block) where to_block is not null;
create index assignment_from_block on assignment using brin (from_block) with (pages_per_range = 16, autosummarize = on);
create index assignment_requested on assignment (round) where to_block is null and status = 'REQUESTED';

create table drawn_auditor (
  id text primary key,
  listing_id text not null,
  round bigint not null,
  position smallint not null,
  auditor text not null,
  block_number integer not null,
  block_time timestamptz not null,
  transaction_hash text not null,
  log_index integer not null
);
create index drawn_auditor_listing on drawn_auditor (listing_id);
create index drawn_auditor_auditor on drawn_auditor (auditor);
create index drawn_auditor_block on drawn_auditor (block_number);

create table round_commitment (
  id text primary key,
  round bigint not null,
  auditor text not null,
  commitment text not null,
  block_number integer not null,
  block_time timestamptz not null,
  transaction_hash text not null,
  log_index integer not null
);
create index round_commitment_round on round_commitment (round, auditor);
create index round_commitment_block on round_commitment (block_number);

create table round_reveal (
  id text primary key,
  round bigint not null,
  auditor text not null,
  secret text not null,
  block_number integer not null,
  block_time timestamptz not null,
  transaction_hash text not null,
  log_index integer not null
);
create index round_reveal_round on round_reveal (round, auditor);
create index round_reveal_block on round_reveal (block_number);
