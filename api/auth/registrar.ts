import { AppError } from "../../schema/errors.js";
import { requireViewer, type ApiContext } from "../context.js";

/** @returns whether the chain lets the account register participants: it holds the role that the AccessManager asks for. */
export async function isRegistrar({ deps: { market } }: ApiContext, account: string): Promise<boolean> {
  const selector = market.marketplace.interface.getFunction("registerParticipants")!.selector;
  try {
    const role = (await market.accessManager.getFunction("getTargetFunctionRole")(market.deployment.marketplace, selector)) as bigint;
    const [isMember] = (await market.accessManager.getFunction("hasRole")(role, account)) as [boolean, bigint];
    return isMember;
  } catch (cause) {
    throw new AppError("CHAIN_UNAVAILABLE", "The chain cannot be asked who the registrar is.", { cause });
  }
}

/** @throws AppError UNAUTHENTICATED, FORBIDDEN, CHAIN_UNAVAILABLE */
export async function requireRegistrar(context: ApiContext): Promise<string> {
  const { account } = requireViewer(context);
  if (!(await isRegistrar(context, account))) throw new AppError("FORBIDDEN", "Only the registrar may do this.");
  return account;
}
