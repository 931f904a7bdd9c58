-- Client-side mode: the provider de-identifies and encrypts at home, and sends ciphertext, profile and report alone.
alter table app.upload add column mode text not null default 'PLATFORM' check (mode in ('PLATFORM', 'CLIENT_SIDE'));
create index upload_ciphertext on app.upload (ciphertext_root) where ciphertext_root is not null;

-- What a provider signed about such an upload. No key: the wrapped one waits in staging, and goes with it.
create table app.client_statement (
  upload_id uuid primary key references app.upload (id) on delete cascade,
  body jsonb not null,
  digest text not null,
  signature text not null,
  received_at timestamptz not null default now()
);

-- Whose word a check's outcome is: the platform looked itself, or the provider says so.
alter table app.check_result add column attested_by text not null default 'PLATFORM' check (attested_by in ('PLATFORM', 'PROVIDER'));

-- Public halves of the platform's identities: clients wrap their file keys for the newest. Written by workers, who alone hold the keyring.
create table app.custody_recipient (
  version integer primary key,
  recipient text not null,
  created_at timestamptz not null default now()
);
