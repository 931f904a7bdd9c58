-- What was cited: enough to ask again and to compare, never the answer itself, which could hold what must be erased one day.
-- Who cited is not kept: a citation is public.
create table app.citation (
  id text primary key,
  chain_id bigint not null,
  marketplace text not null,
  block_number integer not null,
  block_hash text not null,
  block_time timestamptz not null,
  -- The operation, sorted and printed; its variables as RFC 8785 has them.
  query text not null,
  variables text not null,
  query_hash text not null,
  -- Of the answer's data as RFC 8785 has it.
  result_hash text not null,
  result_bytes integer not null,
  -- Beginnings of the hashes of the answer's parts by their paths: what differs later can be named.
  result_parts jsonb not null,
  -- The listings that the answer rests on: RFC 6962 root over their ids and metadata hashes, how many, and which if they are few.
  metadata_root text not null,
  metadata_count integer not null,
  metadata_missing integer not null,
  metadata_hashes jsonb,
  created_at timestamptz not null default now()
);
