-- Tables of the platform: written by api and workers alone. No foreign key to the chain's tables.
create schema app;

create table app.sign_in_nonce (
  nonce text primary key,
  account text not null,
  expires_at timestamptz not null
);

-- Tokens are kept as SHA-256 alone.
create table app.session (
  id uuid primary key default gen_random_uuid(),
  account text not null,
  token_hash bytea not null unique,
  refresh_hash bytea not null unique,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  refresh_expires_at timestamptz not null,
  revoked_at timestamptz
);
create index session_account on app.session (account);

-- The age recipient that an account wants its keys wrapped to; its hash stands on the chain.
create table app.recipient (
  commitment text primary key,
  account text not null,
  recipient text not null,
  created_at timestamptz not null default now()
);
create index recipient_account on app.recipient (account);

create table app.application (
  id uuid primary key default gen_random_uuid(),
  account text not null,
  roles integer not null,
  kind smallint not null,
  institution text not null,
  institution_name text not null,
  credential text not null,
  credential_salt text not null,
  credential_commitment text not null,
  recipient_commitment text not null references app.recipient (commitment),
  -- A provider's key for rings of anonymous listings: x and y of a point, 0x and 128 digits.
  ring_key text,
  status text not null default 'PENDING' check (status in ('PENDING', 'REFUSED', 'DECIDED')),
  reason text,
  decided_by text,
  decided_at timestamptz,
  created_at timestamptz not null default now()
);
create unique index application_open on app.application (account) where status = 'PENDING';

create table app.upload (
  id uuid primary key default gen_random_uuid(),
  owner text not null,
  status text not null check (status in ('CREATED', 'RECEIVED', 'INGESTED', 'DEIDENTIFIED', 'PRICED', 'ENCRYPTED', 'STORED', 'CONSENTED', 'SUBMITTED', 'REFUSED', 'FAILED', 'WITHDRAWN')),
  size bigint not null,
  received bigint not null default 0,
  region integer not null,
  payee text not null,
  -- Listed by a ring signature, without a provider's name on the chain.
  anonymous boolean not null default false,
  legal_basis text not null,
  legal_evidence_hash text not null,
  suite text not null,
  -- The staging key, wrapped; deleted with the staged bytes.
  staging_key bytea,
  format text,
  data_kind smallint,
  content_hash text,
  report jsonb,
  profile jsonb,
  prediction jsonb,
  deidentified_size bigint,
  deidentified_sha256 text,
  plaintext_root text,
  ciphertext_root text,
  key_commitment text,
  object_key text,
  object_size bigint,
  metadata_hash text,
  listing_id text,
  price numeric(78, 0),
  purposes bigint,
  consent_deadline bigint,
  -- The provider's signature; of an anonymous one abi.encode(ring hash, ring signature).
  consent_signature text,
  error_code text,
  error_message text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index upload_owner on app.upload (owner, created_at desc);
create index upload_open on app.upload (status, updated_at) where status not in ('CREATED', 'STORED', 'SUBMITTED', 'REFUSED', 'FAILED', 'WITHDRAWN');
create unique index upload_content on app.upload (owner, content_hash) where content_hash is not null and status not in ('REFUSED', 'FAILED', 'WITHDRAWN');
create unique index upload_listing on app.upload (listing_id) where listing_id is not null;

-- The wrapped file key of a record (record id = upload id). Never stored beside the payload.
create table app.record_key (
  record_id uuid primary key,
  suite text not null,
  kek_version integer not null,
  wrapped jsonb,
  created_at timestamptz not null default now(),
  destroyed_at timestamptz,
  check ((wrapped is null) = (destroyed_at is not null))
);

-- A listing's metadata: canonical JSON (RFC 8785); hash = keccak256 of its bytes, as the chain's event carries it.
create table app.metadata (
  hash text primary key,
  body text not null,
  created_at timestamptz not null default now()
);

-- Access to a record for one account: a header re-wrapped for its recipient.
create table app.access_grant (
  id uuid primary key default gen_random_uuid(),
  kind text not null check (kind in ('ORDER', 'AUDIT', 'OWN')),
  subject text not null,
  listing_id text not null,
  record_id uuid not null,
  account text not null,
  recipient_commitment text not null,
  status text not null default 'REQUESTED' check (status in ('REQUESTED', 'READY', 'FAILED', 'REVOKED')),
  header bytea,
  delivery_commitment text,
  error_code text,
  expires_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (kind, subject, account)
);
create index access_grant_account on app.access_grant (account, created_at desc);
create index access_grant_open on app.access_grant (status, updated_at) where status = 'REQUESTED';

-- Transactions of the platform's roles: one row a purpose; the nonce is assigned and the signed bytes stored before broadcast.
create table app.tx_outbox (
  id bigint generated always as identity primary key,
  purpose text not null unique,
  role text not null check (role in ('RELAYER', 'DELIVERER', 'ANCHORER')),
  target text not null,
  data text not null,
  status text not null default 'QUEUED' check (status in ('QUEUED', 'SIGNED', 'MINED', 'FINAL', 'FAILED')),
  nonce integer,
  signed text,
  hash text,
  block_number integer,
  block_hash text,
  error_code text,
  error_message text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index tx_outbox_open on app.tx_outbox (role, id) where status in ('QUEUED', 'SIGNED', 'MINED');
create unique index tx_outbox_nonce on app.tx_outbox (role, nonce) where nonce is not null;

-- Every read of a record, written before it is served; one worker sequences them into the hash chain.
create table app.access_inbox (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  account text,
  action text not null check (action in ('HEADER', 'LINK', 'BYTES', 'REFUSED')),
  outcome text not null,
  grant_id uuid,
  listing_id text,
  order_id text,
  first_byte bigint,
  last_byte bigint
);
create table app.access_record (
  seq bigint primary key,
  inbox_id bigint not null unique,
  at timestamptz not null,
  account text,
  action text not null,
  outcome text not null,
  grant_id uuid,
  listing_id text,
  order_id text,
  first_byte bigint,
  last_byte bigint,
  previous_hash text not null,
  hash text not null unique,
  batch_index bigint
);
create index access_record_listing on app.access_record (listing_id, seq);
create index access_record_order on app.access_record (order_id, seq);
create index access_record_open on app.access_record (seq) where batch_index is null;
create table app.access_batch (
  batch_index bigint primary key,
  root text not null,
  first_seq bigint not null,
  last_seq bigint not null,
  count integer not null,
  first_time bigint not null,
  last_time bigint not null,
  created_at timestamptz not null default now()
);

-- Jobs that gave up, with the reason: the operator's list.
create table app.dead_letter (
  id bigint generated always as identity primary key,
  queue text not null,
  job_key text not null,
  error_code text not null,
  error_message text not null,
  attempts integer not null,
  failed_at timestamptz not null default now(),
  retried_at timestamptz
);
create index dead_letter_open on app.dead_letter (queue, failed_at) where retried_at is null;

-- The platform's feed, numbered as the market's is.
create table app.activity_counter (
  id smallint primary key check (id = 1),
  last_seq bigint not null
);
insert into app.activity_counter (id, last_seq) values (1, 0);
create table app.activity (
  seq bigint primary key,
  at timestamptz not null default now(),
  kind text not null,
  account text,
  upload_id uuid,
  grant_id uuid,
  listing_id text,
  order_id text,
  payload jsonb not null default '{}'
);
create index activity_upload on app.activity (upload_id, seq) where upload_id is not null;

-- Callers insert without a number; the counter row's lock makes the sequence gap-free in commit order.
create function app.number_activity() returns trigger language plpgsql as $$
begin
  update app.activity_counter set last_seq = last_seq + 1 where id = 1 returning last_seq into new.seq;
  return new;
end $$;
create trigger activity_number before insert on app.activity for each row execute function app.number_activity();
create function app.notify_activity() returns trigger language plpgsql as $$
begin
  perform pg_notify('activity', new.seq::text);
  return null;
end $$;
create trigger activity_notify after insert on app.activity for each row execute function app.notify_activity();
