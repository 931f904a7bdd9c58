import { TypedDataEncoder, type JsonRpcProvider, type TypedDataField, verifyTypedData } from "ethers";
import { isContractSignature } from "../../platform/chain/is-contract-signature.js";

/** EIP-712 typed data in the form of `eth_signTypedData_v4`: whole numbers are decimal strings. */
export interface TypedData {
  types: Record<string, TypedDataField[]>;
  primaryType: string;
  domain: { name: string; version: string; chainId: number; verifyingContract: string };
  message: Record<string, string | boolean | readonly string[]>;
}

const domainFields: TypedDataField[] = [
  { name: "name", type: "string" },
  { name: "version", type: "string" },
  { name: "chainId", type: "uint256" },
  { name: "verifyingContract", type: "address" },
];

export const typedData = (primaryType: string, fields: TypedDataField[], domain: TypedData["domain"], message: TypedData["message"]): TypedData => ({
  types: { EIP712Domain: domainFields, [primaryType]: fields },
  primaryType,
  domain,
  message,
});

/**
 * @param signer - an address; if code stands there, it is asked by ERC-1271, as the contract does.
 * @returns whether the signature is the signer's over this data. Malformed signatures are false.
 */
export async function isSignedBy(provider: JsonRpcProvider, data: TypedData, signature: string, signer: string): Promise<boolean> {
  const { EIP712Domain: _domain, ...types } = data.types;
  try {
    if (verifyTypedData(data.domain, types, data.message, signature).toLowerCase() === signer.toLowerCase()) return true;
  } catch {
    // not 65 bytes of an own key: it may still be a contract's
  }
  return isContractSignature(provider, signer, TypedDataEncoder.hash(data.domain, types, data.message), signature);
}
