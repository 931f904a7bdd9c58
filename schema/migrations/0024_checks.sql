-- The checks of a record set after its de-identification, and what near duplicates are found by.
alter table app.upload drop constraint upload_status_check;
alter table app.upload add constraint upload_status_check
  check (status in ('CREATED', 'RECEIVED', 'INGESTED', 'DEIDENTIFIED', 'CHECKED', 'PRICED', 'ENCRYPTED', 'STORED', 'CONSENTED', 'SUBMITTED', 'REFUSED', 'FAILED', 'WITHDRAWN'));

-- One row a check and version of the list; a later version adds rows, and changes none.
create table app.check_result (
  upload_id uuid not null references app.upload (id) on delete cascade,
  list_version integer not null,
  name text not null,
  outcome text not null check (outcome in ('PASSED', 'FAILED', 'UNAVAILABLE')),
  -- Whether a failure stops the upload.
  blocking boolean not null,
  evidence jsonb not null,
  checked_at timestamptz not null default now(),
  primary key (upload_id, list_version, name)
);
create function app.keep_check_result() returns trigger language plpgsql as $$
begin
  raise exception 'check results are only added';
end $$;
create trigger check_result_kept before update on app.check_result for each row execute function app.keep_check_result();

-- MinHash under secret seeds: nothing of a record can be found by it.
create table app.record_signature (
  upload_id uuid primary key references app.upload (id) on delete cascade,
  features integer not null,
  signature bigint[] not null,
  bands bigint[] not null
);
create index record_signature_bands on app.record_signature using gin (bands);
