-- Uploads of who proves to be one of a ring, and shows nothing else (D7): by a one-time account, which no participant is.
alter table app.upload add column ring_hash text;

-- Proofs that were used. Which upload one began is kept nowhere.
create table app.ring_upload (
  key_image text primary key,
  ring_hash text not null,
  epoch bigint not null
);
create index ring_upload_epoch on app.ring_upload (ring_hash, epoch);
