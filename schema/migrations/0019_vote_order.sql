-- A listing's votes come in their order: sorting them, for each listing of a page, cost more than finding them.
create index vote_of_listing on vote (listing_id, block_number, log_index, log_part);
drop index vote_listing;
