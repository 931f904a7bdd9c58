import type { TestStack } from "../../test/support/workers/test-stack.js";

/** Consents signed in one go. */
const limit = 100;
const deadline = 4_000_000_000n;
const price = 5_000_000n;
const purposes = 3n;

/** Signs what waits for its provider's consent, and hands it in as `publishListing` does. @returns how many */
export async function signConsents({ database, deployment, provider1 }: TestStack): Promise<number> {
  const stored = (await database.query(`select id, listing_id from app.upload where status = 'STORED' limit ${limit}`)) as { id: string; listing_id: string }[];
  if (stored.length === 0) return 0;
  const domain = { name: "Galen Marketplace", version: "1", chainId: deployment.chainId, verifyingContract: deployment.marketplace };
  const types = { ListingConsent: [{ name: "listingId", type: "bytes32" }, { name: "price", type: "uint64" }, { name: "purposes", type: "uint32" }, { name: "deadline", type: "uint256" }] };
  const signatures = await Promise.all(stored.map(({ listing_id: listingId }) => provider1.wallet.signTypedData(domain, types, { listingId, price, purposes, deadline })));
  await database.transaction(async (manager) => {
    await manager.query(
      `update app.upload u set status = 'CONSENTED', price = $3, purposes = $4, consent_deadline = $5, consent_signature = s.signature, updated_at = now()
       from unnest($1::uuid[], $2::text[]) as s (id, signature) where u.id = s.id`,
      [stored.map(({ id }) => id), signatures, `${price}`, `${purposes}`, `${deadline}`],
    );
    await manager.query("insert into app.activity (kind, account, upload_id, payload) select 'UPLOAD', owner, id, '{\"status\":\"CONSENTED\"}' from app.upload where id = any($1)", [stored.map(({ id }) => id)]);
  });
  return stored.length;
}
