-- The audit queue is told from two feeds. So that it is told in one order by every process and after every resume, an AUDIT entry says after which entry of the market's it stands.

alter table app.activity add column market_seq bigint;

-- The share of the market's counter is held until the commit: no entry of the market's with a higher number can become visible before this one. Callers insert last in their transaction.
create or replace function app.number_activity() returns trigger language plpgsql as $$
begin
  update app.activity_counter set last_seq = last_seq + 1 where id = 1 returning last_seq into new.seq;
  if new.kind = 'AUDIT' then
    select last_seq into new.market_seq from public.feed_counter where id = 1 for share;
  end if;
  return new;
end $$;

create index activity_audit_seq on app.activity (seq) where kind = 'AUDIT';
