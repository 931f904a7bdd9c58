-- The registry of price models: every version with its files, how it did against the one before, and which one serves. Rows stay; status and
-- turn alone change. No row: the model that the release ships with serves.
create table app.price_model (
  model_hash text primary key,
  version text not null,
  calibration_id text not null,
  -- Source, seed, options, rows, data digest, block.
  training jsonb not null,
  -- Null for the release's model, which had none before it.
  comparison jsonb,
  -- Files as they were hashed; null for the release's model, whose files come with the release.
  document text,
  weights bytea,
  status text not null check (status in ('CHALLENGER', 'CHAMPION', 'RETIRED')),
  -- Rises with each promotion and roll-back; 0 for a model that never served.
  served integer not null,
  created_at timestamptz not null default now()
);
create unique index price_model_champion on app.price_model (status) where status = 'CHAMPION';

-- Each run of the training: when, on what, and what came of it.
create table app.price_training (
  id bigint generated always as identity primary key,
  as_of_block bigint not null,
  model_hash text not null,
  sales integer not null,
  promoted boolean not null,
  reason text not null,
  -- Whether settled sales say that the market has moved away from the predictions.
  drifted boolean not null,
  finished_at timestamptz not null default now()
);

-- What the price model was asked: so that a sale can teach the next one.
alter table app.upload add column price_input jsonb;
