import { hexlify, TypedDataEncoder, type JsonRpcProvider, type TypedDataField, verifyTypedData, isError } from "ethers";

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

const erc1271 = { selector: "0x1626ba7e" };

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
  if (!/^0x([0-9a-fA-F]{2}){1,4096}$/.test(signature) || (await provider.getCode(signer)) === "0x") return false;
  const hash = TypedDataEncoder.hash(data.domain, types, data.message);
  const padded = hexlify(signature).slice(2);
  const call = `${erc1271.selector}${hash.slice(2)}${"40".padStart(64, "0")}${(padded.length / 2).toString(16).padStart(64, "0")}${padded.padEnd(Math.ceil(padded.length / 64) * 64, "0")}`;
  try {
    return (await provider.call({ to: signer, data: call })).startsWith(erc1271.selector);
  } catch (error) {
    if (isError(error, "CALL_EXCEPTION")) return false;
    throw error;
  }
}
