import { nodeBackend } from "../../crypto/backend/node.js";
import { fetchDelivery, withCustodians, type Delivery, type GalenClient, type ShareClaimant } from "../../client/index.js";
import type { UserContext } from "./context.js";

/** Fetches a grant's header and link; where custodians have the key, asks them with the own wallet and identity, and tells of those that give no share. @throws AppError of fetchDelivery and withCustodians */
export const fetchOpenable = async (context: UserContext, client: GalenClient, grantId: string, claim: Pick<ShareClaimant, "kind" | "subject" | "listing">): Promise<Delivery> =>
  withCustodians(nodeBackend, await fetchDelivery(client, grantId), {
    ...claim,
    wallet: context.wallet(),
    identity: context.profile.identity(),
    recipient: context.profile.recipient(),
    onRefusal: (custodian, { code, message }) => context.print.note(`custodian ${custodian} gave no share: ${code}: ${message}`),
  });
