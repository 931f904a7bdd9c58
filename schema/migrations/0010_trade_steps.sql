-- Steps of providers and patients on a record set.
alter table app.upload
  -- The provider looks at the de-identification's report before the upload goes on.
  add column review boolean not null default false,
  -- SHA-256 of the de-identified file that the provider approved.
  add column approved_sha256 text,
  -- The listing that the next one replaces.
  add column previous_listing_id text,
  add column erase_requested_at timestamptz,
  -- A patient withdrew: orders paid later get nothing, and are refunded.
  add column stopped_at timestamptz;
create index upload_erase on app.upload (erase_requested_at) where erase_requested_at is not null;

-- What a hospital hands out to a patient of a record set (D11); kept as SHA-256 alone.
create table app.patient_receipt (
  receipt_hash bytea primary key,
  upload_id uuid not null references app.upload (id),
  created_at timestamptz not null default now(),
  withdrawn_at timestamptz
);
create index patient_receipt_upload on app.patient_receipt (upload_id);

-- Auditors' signatures over one decision, collected until the relayer sends them together.
create table app.audit_signature (
  -- EIP-712 hash of the decision.
  decision text not null,
  auditor text not null,
  listing_ids jsonb not null,
  approve boolean not null,
  reason integer not null,
  deadline bigint not null,
  signature text not null,
  -- Purpose of the transaction that carries it; null while it waits.
  purpose text,
  created_at timestamptz not null default now(),
  primary key (decision, auditor)
);
create index audit_signature_open on app.audit_signature (deadline) where purpose is null;
