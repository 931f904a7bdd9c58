-- Keys of programs. As with sessions, what is kept of a key is its SHA-256 alone.
create table app.api_key (
  id uuid primary key default gen_random_uuid(),
  account text not null,
  name text not null,
  -- Each level includes those before it: public data; what the account may read; the steps that it may take.
  scope text not null check (scope in ('PUBLIC', 'READ', 'TRADE')),
  -- Its first characters, so that its owner knows it again.
  prefix text not null,
  token_hash bytea not null unique,
  -- Of before the last rotation: works on for the time that was asked for.
  previous_hash bytea unique,
  previous_expires_at timestamptz,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz
);
create index api_key_account on app.api_key (account, created_at desc);

create table app.api_key_usage (
  key_id uuid not null references app.api_key (id),
  -- In UTC.
  day date not null,
  requests bigint not null,
  -- Of them, refused for their cost or the budget.
  refused bigint not null,
  cost bigint not null,
  last_at timestamptz not null,
  primary key (key_id, day)
);
