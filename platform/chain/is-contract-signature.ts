import { hexlify, isError, type JsonRpcProvider } from "ethers";

/** Of `isValidSignature(bytes32, bytes)`, and what it answers to say yes. */
const selector = "0x1626ba7e";

/**
 * Asks the code at an address whether a signature is its own, by ERC-1271, as the contract does.
 * @param hash - what was signed, 0x and 64 digits
 * @returns false where no code stands, and for malformed signatures and answers.
 */
export async function isContractSignature(provider: JsonRpcProvider, signer: string, hash: string, signature: string): Promise<boolean> {
  if (!/^0x([0-9a-fA-F]{2}){1,4096}$/.test(signature) || (await provider.getCode(signer)) === "0x") return false;
  const padded = hexlify(signature).slice(2);
  const call = `${selector}${hash.slice(2)}${"40".padStart(64, "0")}${(padded.length / 2).toString(16).padStart(64, "0")}${padded.padEnd(Math.ceil(padded.length / 64) * 64, "0")}`;
  try {
    const answer = await provider.call({ to: signer, data: call });
    // The contract wants a whole word.
    return answer.length >= 66 && answer.startsWith(selector);
  } catch (error) {
    if (isError(error, "CALL_EXCEPTION")) return false;
    throw error;
  }
}
