-- The same data as the peers would have it: plain tables of what is true now, with the keys and indexes that they go by; the title stands in the listing itself.
create schema peer;
--
create extension if not exists pg_trgm schema peer;
--
create table peer.participant as select account as id, institution, kind::int as kind, roles, revoked from participant;
--
alter table peer.participant add primary key (id);
--
create table peer.listing as
select l.id, l.provider as provider_id, l.status, l.data_kind::int as data_kind, l.region, l.price, l.purposes::int as purposes, l.sales, l.listed_block, l.listed_time, d.title
from listing l join app.metadata_document d on d.hash = l.metadata_hash;
--
alter table peer.listing add primary key (id), add foreign key (provider_id) references peer.participant (id) not valid;
--
create table peer.vote as select id, listing_id, auditor, approve, reason, block_number from vote;
--
alter table peer.vote add primary key (id), add foreign key (listing_id) references peer.listing (id) not valid;
--
create table peer.trade_order as select id, listing_id, buyer, price, status, purchased_block from trade_order;
--
alter table peer.trade_order add primary key (id), add foreign key (listing_id) references peer.listing (id) not valid;
--
create index on peer.listing (status, data_kind, price, id);
--
create index on peer.listing (price, id);
--
create index on peer.listing (provider_id);
--
create index on peer.listing (region);
--
create index on peer.listing using gin (title peer.gin_trgm_ops);
--
create index on peer.vote (listing_id, block_number);
--
create index on peer.trade_order (listing_id, purchased_block);
--
vacuum analyze;
