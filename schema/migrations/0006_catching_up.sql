-- Indexes that the indexer put aside to write a chain's past into empty tables: their names and definitions, until they are made again.
create table index_aside (
  name text primary key,
  definition text not null
);

-- The feed's notification tells the number that the transaction took from the counter: a transition table would copy every row told.
drop trigger market_event_notify on market_event;
create or replace function notify_market_event() returns trigger language plpgsql as $$
begin
  perform pg_notify('market_event', (select last_seq::text from public.feed_counter where id = 1));
  return null;
end $$;
create trigger market_event_notify after insert on market_event for each statement execute function notify_market_event();
