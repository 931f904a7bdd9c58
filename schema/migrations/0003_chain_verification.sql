-- What the indexer's self-check saw: a running sample of rows compared with the contract's own state. Written by the indexer alone.
create table chain_verification (
  id smallint primary key check (id = 1),
  -- Block at which the last sample was compared.
  height integer not null,
  -- The first row found to differ that still does; null while all is well.
  mismatch text
);
