-- Accesses told on the chain one by one.

-- As in 0001: rebuilt from the chain byte for byte.
create table access_told (
  id text primary key,
  number bigint not null,
  hash text not null,
  block_number integer not null,
  block_time timestamptz not null,
  transaction_hash text not null,
  log_index integer not null
);
create index access_told_number on access_told (number);
create index access_told_hash on access_told (hash);
create index access_told_block on access_told (block_number);

-- 16 random bytes in hex, in the record's hash: what an outsider could guess (who, what, when) is no longer enough to find it again.
-- Records from before have none; their hashes stay as they were anchored, and are not told one by one.
alter table app.access_record add column salt text;
create index access_record_unsalted on app.access_record (seq) where salt is null;
