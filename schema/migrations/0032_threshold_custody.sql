-- Threshold custody: custodians have the key, and a row says only where its shares are. No key-encryption key seals it.
alter table app.record_key alter column kek_version drop not null;
