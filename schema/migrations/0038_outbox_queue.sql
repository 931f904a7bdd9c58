-- Thousands of transactions may wait for their turn: what is under way is read without looking at them.
create index tx_outbox_sent on app.tx_outbox (role, nonce) where status in ('SIGNED', 'MINED');
