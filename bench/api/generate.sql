-- The data set of `npm run bench -- api`: :count listings, a vote or two on each, their metadata, 20,000 participants, an order for every fifth.
-- Metadata was loaded before (bench_metadata). Deterministic. Statements are separated by lines of two dashes alone.
select setseed(0.42);
--
create function pg_temp.hash(text) returns text language sql immutable as $$ select '0x' || md5($1) || md5('.' || $1) $$;
--
create function pg_temp.address(text) returns text language sql immutable as $$ select '0x' || left(md5($1) || md5('.' || $1), 40) $$;
--
insert into participant (account, from_block, institution, roles, kind, auditor_slot, generation, valid_until, revoked, credential_commitment, recipient_commitment, block_time, transaction_hash, log_index)
select pg_temp.address('account ' || i), 1, pg_temp.hash('institution ' || i % 4000), case when i % 40 = 0 then 4 when i % 5 = 0 then 2 else 1 end, 1 + i % 6, i % 500, 1, 4000000000, false,
  pg_temp.hash('credential ' || i), pg_temp.hash('recipient ' || i), '2023-01-01', pg_temp.hash('registration ' || i), 0 from generate_series(1, 20000) i;
--
-- Providers follow a power law, prices a log-normal one; kinds are skewed; two of three are approved.
insert into listing (id, from_block, status, provider, payee, content_hash, plaintext_root, ciphertext_root, key_commitment, metadata_hash, legal_evidence_hash, data_kind, region, price, purposes,
  p10, p50, p90, model_hash, approvals, rejections, sales, listed_block, listed_time, listed_transaction, block_time, transaction_hash, log_index)
select pg_temp.hash('listing ' || m.i), 10 + m.i, (array['APPROVED','APPROVED','APPROVED','APPROVED','PENDING','REJECTED'])[1 + floor(6 * random())::int], a.account, a.account,
  pg_temp.hash('content ' || m.i), pg_temp.hash('plain ' || m.i), pg_temp.hash('cipher ' || m.i), pg_temp.hash('key ' || m.i), m.hash, pg_temp.hash('legal ' || m.i % 7),
  1 + floor(7 * power(random(), 1.5))::int, (array[276, 250, 840, 826, 392, 76, 356, 124, 724])[1 + floor(9 * random())::int],
  floor(exp(random() * 8) * 1e6)::numeric, (array[1, 3, 7, 33, 35, 65, 127, 2])[1 + floor(8 * random())::int], 1, 1000000, 3000000, pg_temp.hash('model ' || m.i % 9), 2, 0, case when m.i % 20 = 0 then 4 else 0 end,
  10 + m.i, timestamptz '2023-01-01' + (m.i::float8 / :count) * interval '1095 days', pg_temp.hash('transaction ' || m.i),
  timestamptz '2023-01-01' + (m.i::float8 / :count) * interval '1095 days', pg_temp.hash('transaction ' || m.i), 0
from (select i, hash, 1 + floor(20000 * power(random(), 2))::int as provider from bench_metadata) m join (select pg_temp.address('account ' || i) as account, i from generate_series(1, 20000) i) a on a.i = m.provider;
--
insert into vote (id, listing_id, auditor, approve, reason, block_number, block_time, transaction_hash, log_index, log_part)
select pg_temp.hash('vote ' || l.id) || '-' || n || '-0', l.id, pg_temp.address('account ' || 40 * (1 + (l.from_block * 7 + n) % 500)), l.status <> 'REJECTED', 0, l.from_block + 5, l.block_time, pg_temp.hash('vote ' || l.id || n), n, 0
from listing l cross join generate_series(1, 2) n where n = 1 or l.from_block % 4 = 0;
--
insert into trade_order (id, from_block, listing_id, buyer, salt, price, purpose, recipient_commitment, status, deliver_by, purchased_block, purchased_time, purchased_transaction, block_time, transaction_hash, log_index)
select pg_temp.hash('order ' || i), :count + 10 + i, pg_temp.hash('listing ' || 20 * (1 + i % (:count / 20))), pg_temp.address('account ' || 5 * (1 + i % 3000)), pg_temp.hash('salt ' || i), floor(exp(random() * 8) * 1e6), 1,
  pg_temp.hash('recipient ' || i), 'SETTLED', 0, :count + 10 + i, timestamptz '2025-12-31', pg_temp.hash('purchase ' || i), timestamptz '2025-12-31', pg_temp.hash('purchase ' || i), 0
from generate_series(1, :count / 5) i;
--
drop table bench_metadata;
--
vacuum analyze;
