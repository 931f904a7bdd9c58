-- The legal basis: its kind beside the provider's words (`legal_basis`), and the document that shows it. Null in uploads from before.
alter table app.upload add column legal_basis_code text check (legal_basis_code in ('CONSENT', 'LAW', 'ETHICS_APPROVAL'));

-- The document is encrypted like a record, under a key of its own (app.record_key, record id = evidence_id): erased apart from the record.
create table app.legal_evidence (
  upload_id uuid primary key references app.upload (id) on delete cascade,
  evidence_id uuid not null unique default gen_random_uuid(),
  media_type text not null check (media_type in ('application/pdf', 'text/plain')),
  -- Of salt and document.
  size bigint not null,
  received_at timestamptz not null default now(),
  -- Null until it is encrypted, and once it is erased.
  object_key text,
  object_size bigint
);

alter table app.access_grant drop constraint access_grant_kind_check;
alter table app.access_grant add constraint access_grant_kind_check check (kind in ('ORDER', 'AUDIT', 'OWN', 'EVIDENCE'));
