-- What a search finds, counts and sorts by: a listing is 900 bytes and its document as many, so that 6,000 of them lie on 12,000 pages; here they lie close together.

-- Names one document for good: what is written anew gets a new number.
alter table app.metadata_document add column number integer generated always as identity unique;

-- Immutable since a number's document never changes. An index over it holds the words without a copy of the documents beside it (a value as long as a document stays in its row).
create function app.document_of(wanted integer) returns tsvector language plpgsql immutable parallel safe cost 1000 as $$
begin
  return (select d.document from app.metadata_document d where d.number = wanted);
end $$;

-- The current versions of listings that have a document. Made by triggers alone, in the transaction that changes the one or the other.
create table app.listing_search (
  purposes bigint not null,
  from_block integer not null,
  region integer not null,
  number integer not null references app.metadata_document (number) on delete cascade,
  data_kind smallint not null,
  -- The listing's, as bytes.
  id bytea primary key,
  -- First letter of the listing's. Eight bytes less, and a twelfth of the pages.
  status "char" not null,
  price numeric(78, 0) not null
) with (fillfactor = 95);

-- Holds no rows. A listing that is written before its document and the document meanwhile do not see each other: who writes the listing takes this in share mode, who writes the document in row exclusive mode.
create table app.listing_search_lock (id smallint primary key);

create function app.listing_searched(wanted text[]) returns setof app.listing_search language sql stable as $$
  select l.purposes, l.from_block, l.region, d.number, l.data_kind, decode(substr(l.id, 3), 'hex'), left(l.status, 1)::"char", l.price
  from unnest(wanted) w (id) join public.listing l on l.id = w.id and l.to_block is null join app.metadata_document d on d.hash = l.metadata_hash
$$;

create function app.renew_listing_search(wanted text[]) returns void language plpgsql as $$
begin
  delete from app.listing_search s using unnest(wanted) w (id)
    where s.id = decode(substr(w.id, 3), 'hex')
      and not exists (select from public.listing l join app.metadata_document d on d.hash = l.metadata_hash where l.id = w.id and l.to_block is null and d.number = s.number);
  -- A document that somebody is deleting is waited for, and not held any more if it went.
  perform from unnest(wanted) w (id) join public.listing l on l.id = w.id and l.to_block is null join app.metadata_document d on d.hash = l.metadata_hash
    where not exists (select from app.listing_search s where s.number = d.number and s.id = decode(substr(l.id, 3), 'hex')) for key share of d;
  insert into app.listing_search as s select * from app.listing_searched(wanted)
    on conflict (id) do update set purposes = excluded.purposes, from_block = excluded.from_block, region = excluded.region, number = excluded.number, data_kind = excluded.data_kind, status = excluded.status, price = excluded.price
    where (s.purposes, s.from_block, s.region, s.number, s.data_kind, s.status, s.price) is distinct from (excluded.purposes, excluded.from_block, excluded.region, excluded.number, excluded.data_kind, excluded.status, excluded.price);
end $$;

create function app.listing_changed() returns trigger language plpgsql as $$
begin
  if exists (select from changed c where c.to_block is null and not exists (select from app.metadata_document d where d.hash = c.metadata_hash)) then
    lock table app.listing_search_lock in share mode;
  end if;
  perform app.renew_listing_search(array(select distinct c.id from changed c));
  return null;
end $$;
create trigger listing_search_inserted after insert on public.listing referencing new table as changed for each statement execute function app.listing_changed();
create trigger listing_search_updated after update on public.listing referencing new table as changed for each statement execute function app.listing_changed();
create trigger listing_search_deleted after delete on public.listing referencing old table as changed for each statement execute function app.listing_changed();

create function app.listings_truncated() returns trigger language plpgsql as $$
begin
  delete from app.listing_search;
  return null;
end $$;
create trigger listing_search_truncated after truncate on public.listing for each statement execute function app.listings_truncated();

create function app.documents_added() returns trigger language plpgsql as $$
begin
  lock table app.listing_search_lock in row exclusive mode;
  perform app.renew_listing_search(array(select l.id from added a join public.listing l on l.metadata_hash = a.hash and l.to_block is null));
  return null;
end $$;
create trigger listing_search_documented after insert on app.metadata_document referencing new table as added for each statement execute function app.documents_added();

-- All of it anew: after listings were written without the triggers.
create function app.fill_listing_search() returns void language plpgsql as $$
begin
  lock table app.listing_search_lock in share mode;
  delete from app.listing_search;
  insert into app.listing_search
    select l.purposes, l.from_block, l.region, d.number, l.data_kind, decode(substr(l.id, 3), 'hex'), left(l.status, 1)::"char", l.price
    from public.listing l join app.metadata_document d on d.hash = l.metadata_hash where l.to_block is null;
end $$;
select app.fill_listing_search();
create index listing_search_words on app.listing_search using gin (app.document_of(number));
create index listing_search_number on app.listing_search (number);
