import type { Signer, TypedDataDomain, TypedDataField } from "ethers";
import { AppError } from "../schema/errors.js";

/** EIP-712 typed data as the API hands it out (`eth_signTypedData_v4` form). */
export interface TypedData {
  domain: TypedDataDomain;
  types: Record<string, TypedDataField[]>;
  primaryType: string;
  message: Record<string, unknown>;
}

/** @throws AppError BAD_INPUT if the API's answer is no typed data. */
export async function signTypedData(signer: Signer, given: unknown): Promise<string> {
  const { domain, types, message } = parseTypedData(given);
  const { EIP712Domain: _domain, ...own } = types;
  return signer.signTypedData(domain, own, message);
}

export function parseTypedData(given: unknown): TypedData {
  const data = given as Partial<TypedData> | null;
  if (!data || typeof data !== "object" || !data.domain || !data.types || !data.message) throw new AppError("BAD_INPUT", "The API's answer is no EIP-712 typed data.");
  return data as TypedData;
}
