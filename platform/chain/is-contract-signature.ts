import { Interface, isError, type JsonRpcProvider } from "ethers";

const erc1271 = new Interface(["function isValidSignature(bytes32 hash, bytes signature) view returns (bytes4)"]);
/** What a contract answers to say yes: the function's own selector. */
const yes = erc1271.getFunction("isValidSignature")!.selector;

/**
 * Asks the code at an address whether a signature is its own, by ERC-1271, as the contract does.
 * @param hash - what was signed, 0x and 64 digits
 * @returns false where no code stands, and for malformed signatures and answers.
 */
export async function isContractSignature(provider: JsonRpcProvider, signer: string, hash: string, signature: string): Promise<boolean> {
  if (!/^0x([0-9a-fA-F]{2}){1,4096}$/.test(signature) || (await provider.getCode(signer)) === "0x") return false;
  try {
    const answer = await provider.call({ to: signer, data: erc1271.encodeFunctionData("isValidSignature", [hash, signature]) });
    // The contract wants a whole word.
    return answer.length >= 66 && answer.startsWith(yes);
  } catch (error) {
    if (isError(error, "CALL_EXCEPTION")) return false;
    throw error;
  }
}
