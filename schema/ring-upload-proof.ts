/** ABI types of the proof by which a member of a ring begins an upload: ring hash, epoch, slot, and the ring signature. */
export const ringUploadProofTypes: readonly string[] = ["bytes32", "uint64", "uint16", "tuple(uint256 imageX, uint256 imageY, uint256 challenge, uint256[] responses)"];
