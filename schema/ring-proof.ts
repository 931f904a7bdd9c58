/** ABI types of the proof of an anonymous listing, as it travels in `signature`: ring hash, and the signature as `listAnonymously` takes it. */
export const ringProofTypes: readonly string[] = ["bytes32", "tuple(uint256 imageX, uint256 imageY, uint256 challenge, uint256[] responses)"];
