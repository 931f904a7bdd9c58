/**
 * How urgent a listing of the queue is: its priority, and one more for each hour that it waits, so that what waits is overtaken less and less, and at last by nothing.
 * @param listing - alias of `listing`
 * @param auditCase - alias of `app.audit_case`, joined from the left
 */
export const urgency = (listing: string, auditCase: string): string => `(coalesce(${auditCase}.priority, 0) + extract(epoch from now() - ${listing}.listed_time) / 3600)`;
