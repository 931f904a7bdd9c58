/** Seconds since 1970, by this clock or the newest block with an event of ours, whichever is later. */
const now = "greatest(extract(epoch from clock_timestamp()), (select extract(epoch from b.time) from block b order by b.number desc limit 1))";

/**
 * SQL: whether an auditor may vote on a listing, where auditors are assigned by lot. Only who was drawn, until their time is over; nobody before the draw; then every auditor.
 * A pause of the market makes the drawn auditors' time longer on the chain than it is here: the contract decides.
 * @param listingId, auditor - SQL expressions of ours.
 */
export const mayVote = (listingId: string, auditor: string): string =>
  `exists (select from assignment s where s.listing_id = ${listingId} and s.to_block is null and (s.status = 'OPEN' or s.status = 'DRAWN' and (s.exclusive_until < ${now}
    or exists (select from drawn_auditor d where d.listing_id = s.listing_id and d.auditor = ${auditor}))))`;
