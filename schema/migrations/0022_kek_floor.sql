-- Lowest version of the key-encryption key that may seal a record's key; one row. Who stores a key shares a lock on it, who retires versions
-- writes it: so no key is stored under a version that is destroyed at that moment.
create table app.kek_floor (
  id smallint primary key check (id = 1),
  version integer not null
);
insert into app.kek_floor (id, version) values (1, 1);
