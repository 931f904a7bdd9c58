-- What readers search and sort by.

-- A listing's metadata, as it is searched and filtered: made from app.metadata by its trigger, so it is never older or newer.
create table app.metadata_document (
  hash text primary key references app.metadata (hash) on delete cascade,
  title text,
  format text,
  modalities text[] not null,
  conditions text[] not null,
  record_count integer,
  patient_count integer,
  -- What the search knows, title first; highlights are cut from it.
  words text not null,
  -- The same words by the stemmers of each language, and as they are: the title weighs more (A) than the rest (B).
  document tsvector not null
);
create index metadata_document_search on app.metadata_document using gin (document);
create index metadata_document_modalities on app.metadata_document using gin (modalities);
create index metadata_document_conditions on app.metadata_document using gin (conditions);

create function app.search_document(title text, rest text) returns tsvector language sql immutable parallel safe as $$
  select setweight(to_tsvector('pg_catalog.simple', title), 'A') || setweight(to_tsvector('pg_catalog.simple', rest), 'B')
    || setweight(to_tsvector('pg_catalog.english', title), 'A') || setweight(to_tsvector('pg_catalog.english', rest), 'B')
    || setweight(to_tsvector('pg_catalog.german', title), 'A') || setweight(to_tsvector('pg_catalog.german', rest), 'B')
    || setweight(to_tsvector('pg_catalog.french', title), 'A') || setweight(to_tsvector('pg_catalog.french', rest), 'B')
    || setweight(to_tsvector('pg_catalog.spanish', title), 'A') || setweight(to_tsvector('pg_catalog.spanish', rest), 'B')
    || setweight(to_tsvector('pg_catalog.italian', title), 'A') || setweight(to_tsvector('pg_catalog.italian', rest), 'B')
    || setweight(to_tsvector('pg_catalog.portuguese', title), 'A') || setweight(to_tsvector('pg_catalog.portuguese', rest), 'B')
    || setweight(to_tsvector('pg_catalog.dutch', title), 'A') || setweight(to_tsvector('pg_catalog.dutch', rest), 'B')
$$;

-- A foreign listing's metadata may be any bytes that the chain has the hash of: what cannot be read is left out, never refused.
create function app.jsonb_or_null(body text) returns jsonb language plpgsql immutable as $$
begin
  return body::jsonb;
exception when others then
  return null;
end $$;

-- Texts in a list of texts, or of objects with that text in them; at most 64, at most 200 characters each.
create function app.texts_in(list jsonb, field text) returns text[] language sql immutable as $$
  select coalesce(array_agg(left(value, 200) order by place), '{}') from (
    select case jsonb_typeof(item) when 'string' then item #>> '{}' when 'object' then item ->> field end as value, place
    from jsonb_array_elements(case jsonb_typeof(list) when 'array' then list else '[]' end) with ordinality as items (item, place) limit 64
  ) texts where value is not null
$$;

create function app.whole_number(value jsonb) returns integer language sql immutable as $$
  select case when jsonb_typeof(value) = 'number' and (value #>> '{}')::numeric between 0 and 2147483647 then trunc((value #>> '{}')::numeric)::integer end
$$;

create function app.document_metadata() returns trigger language plpgsql as $$
declare
  parsed jsonb := app.jsonb_or_null(new.body);
  named text := coalesce(left(parsed ->> 'title', 1000), '');
  kinds text[] := app.texts_in(parsed #> '{profile,modalities}', '');
  codes text[] := app.texts_in(parsed #> '{profile,topConditions}', 'code');
  types text[] := app.texts_in(parsed #> '{profile,resourceTypes}', 'name');
  rest text;
begin
  delete from app.metadata_document where hash = new.hash;
  if jsonb_typeof(parsed) is distinct from 'object' then return null; end if;
  -- IMAGING:MR, FHIR_JSON and MedicationRequest are several words each; codes are one.
  rest := concat_ws('; ', left(parsed ->> 'description', 4000),
    regexp_replace(replace(translate(array_to_string(parsed ->> 'format' || kinds || types, '; '), '_:', '  '), '/', ' '), '([a-z])([A-Z])', '\1 \2', 'g'),
    array_to_string(codes || app.texts_in(parsed -> 'keywords', ''), '; '));
  insert into app.metadata_document (hash, title, format, modalities, conditions, record_count, patient_count, words, document)
  values (new.hash, nullif(named, ''), left(parsed ->> 'format', 200), kinds, codes, app.whole_number(parsed #> '{profile,recordCount}'), app.whole_number(parsed #> '{profile,patientCount}'),
    concat_ws('; ', nullif(named, ''), nullif(rest, '')), app.search_document(named, rest));
  return null;
end $$;
create trigger metadata_document after insert or update of body on app.metadata for each row execute function app.document_metadata();
-- What was there before.
update app.metadata set body = body;

-- Offers by price; its first columns serve what listing_status did.
create index listing_offer on listing (status, data_kind, price, id) where to_block is null;
drop index listing_status;
create index trade_order_newest on trade_order (purchased_block desc, id) where to_block is null;
create index trade_order_delivered on trade_order (delivered_block desc, id) where to_block is null and delivered_block is not null;
