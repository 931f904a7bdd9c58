-- Who works on which listing of the audit queue. Written by the api alone; every change is told in app.activity (kind AUDIT).

-- One row a listing that was ever claimed or prioritised: its lock orders all changes of the listing's leases.
create table app.audit_case (
  listing_id text primary key,
  -- The last fencing token that was given for this listing; it only grows.
  last_token bigint not null default 0,
  -- Set by the registrar; waiting adds to it.
  priority smallint not null default 0 check (priority between 0 and 9)
);

-- A lease is a row; one past its time counts for nothing, and is deleted by whoever meets it next.
create table app.audit_lease (
  listing_id text not null references app.audit_case (listing_id),
  slot smallint not null check (slot >= 0),
  auditor text not null,
  token bigint not null,
  claimed_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (listing_id, slot)
);
create unique index audit_lease_auditor on app.audit_lease (listing_id, auditor);
create index audit_lease_expiry on app.audit_lease (expires_at);

-- The token of the lease that an auditor's grant was asked with: the key is released while that lease is held.
alter table app.access_grant add column lease_token bigint;

create index activity_audit on app.activity (listing_id, seq) where kind = 'AUDIT';
