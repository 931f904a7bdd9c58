import { operations, type GalenClient, type SharedCustody } from "../../client/index.js";
import { AppError } from "../../schema/errors.js";

/**
 * Whose hands a client-side record's key goes into: custodians, where the platform tells of any, else the platform.
 * @param options - "2-of-3" and names choose among the custodians; "off" is the platform's custody
 * @throws AppError BAD_INPUT, NOT_FOUND (no such custodian)
 */
export async function chooseCustody(client: GalenClient, { threshold, custodians: names }: { threshold?: string; custodians?: string[] }, payee: string): Promise<{ recipient: string } | SharedCustody> {
  const { custodians: told } = threshold === "off" ? { custodians: null } : await client.request(operations.custodians, {});
  if (told === null) {
    if (threshold !== undefined && threshold !== "off") throw new AppError("NOT_FOUND", "This platform works with no custodians.");
    return (await client.request(operations.custodyRecipient, {})).custodyRecipient;
  }
  const [, t, n] = /^(\d{1,2})-of-(\d{1,2})$/.exec(threshold ?? `${told.threshold}-of-${names?.length ?? told.custodians.length}`) ?? [];
  if (t === undefined) throw new AppError("BAD_INPUT", "--threshold is like 2-of-3, or off.");
  const chosen = (names ?? told.custodians.slice(0, Number(n)).map(({ name }) => name)).map((name) => {
    const found = told.custodians.find((custodian) => custodian.name.toLowerCase() === name.toLowerCase());
    if (!found) throw new AppError("NOT_FOUND", `There is no custodian ${name}: ${told.custodians.map((custodian) => custodian.name).join(", ")} are told of.`);
    return found;
  });
  if (chosen.length !== Number(n) || new Set(chosen).size !== chosen.length) throw new AppError("BAD_INPUT", `${n} custodians are wanted, and ${new Set(chosen).size} are there.`);
  return { threshold: Number(t), custodians: chosen, payee };
}
