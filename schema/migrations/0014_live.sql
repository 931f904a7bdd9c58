-- What subscriptions are told that had no entry or notification yet.

create function app.note_dead_letter() returns trigger language plpgsql as $$
begin
  insert into app.activity (kind, payload) values ('JOB', jsonb_build_object(
    'status', case when new.retried_at is null then 'GIVEN_UP' else 'RETRIED' end,
    'queue', new.queue, 'jobKey', new.job_key, 'errorCode', new.error_code, 'attempts', new.attempts));
  return null;
end $$;
create trigger dead_letter_activity after insert or update of retried_at on app.dead_letter
  for each row execute function app.note_dead_letter();

-- Sessions that are revoked or deleted end their subscriptions at once.
create function app.notify_session() returns trigger language plpgsql as $$
begin
  perform pg_notify('session', old.id::text);
  return null;
end $$;
create trigger session_notify after update of revoked_at or delete on app.session
  for each row execute function app.notify_session();

create index activity_breached on app.activity (at) where kind = 'AUDIT' and payload->>'change' = 'EXPIRED';
