import { part, type SqlPart } from "../filters/sql.js";

/**
 * Over `app.upload`: nothing of the record is sold any more, whatever the chain says of its listing: a patient withdrew, or it is to be erased. What is paid
 * all the same is refunded. The platform alone knows it, and it holds at whatever block is asked for: no block tells it.
 */
export const isUnsold = (upload: string): string => `${upload}.stopped_at is not null or ${upload}.erase_requested_at is not null`;

/** Over `listing`: whether it can be bought. `not` may stand before it. */
export const isTradable = (listing: string): SqlPart =>
  part(`${listing}.status = 'APPROVED' and not exists (select from app.upload u where u.listing_id = ${listing}.id and (${isUnsold("u")}))`);
