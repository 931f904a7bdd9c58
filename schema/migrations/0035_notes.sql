-- Free-text notes are taken where the provider says so.
alter table app.upload add column notes boolean not null default false;
