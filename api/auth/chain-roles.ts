import { AppError } from "../../schema/errors.js";
import { requireViewer, type ApiContext } from "../context.js";

/** @returns whether the chain's AccessManager lets the account call this function of the market. */
async function mayCall({ deps: { market } }: ApiContext, account: string, name: string): Promise<boolean> {
  const { selector } = market.marketplace.interface.getFunction(name)!;
  try {
    const role = (await market.accessManager.getFunction("getTargetFunctionRole")(market.deployment.marketplace, selector)) as bigint;
    const [isMember] = (await market.accessManager.getFunction("hasRole")(role, account)) as [boolean, bigint];
    return isMember;
  } catch (cause) {
    throw new AppError("CHAIN_UNAVAILABLE", "The chain cannot be asked for the account's role.", { cause });
  }
}

/** @returns whether the account is the registrar: whom the chain lets register participants. @throws AppError CHAIN_UNAVAILABLE */
export const isRegistrar = (context: ApiContext, account: string): Promise<boolean> => mayCall(context, account, "registerParticipants");

/** The registrar is whom the chain lets register participants. @returns the account @throws AppError UNAUTHENTICATED, FORBIDDEN, CHAIN_UNAVAILABLE */
export async function requireRegistrar(context: ApiContext): Promise<string> {
  const { account } = requireViewer(context);
  if (!(await isRegistrar(context, account))) throw new AppError("FORBIDDEN", "Only the registrar may do this.");
  return account;
}

/** An operator is whom the chain lets pause the market. @returns the account @throws AppError UNAUTHENTICATED, FORBIDDEN, CHAIN_UNAVAILABLE */
export async function requireOperator(context: ApiContext): Promise<string> {
  const { account } = requireViewer(context);
  if (!(await mayCall(context, account, "pause"))) throw new AppError("FORBIDDEN", "Only an operator may do this.");
  return account;
}
