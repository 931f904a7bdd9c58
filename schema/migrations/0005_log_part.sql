-- A log of votes by signature tells many events: their place is that of the log, and a number within it.
alter table vote add column log_part integer not null default 0;
alter table vote alter column log_part drop default;
alter table market_event add column log_part integer not null default 0;
alter table market_event alter column log_part drop default;
