import { encodeRlp, keccak256 } from "ethers";
import { headerFields, type BlockHeader } from "../../schema/block-header.js";

/** Those that are numbers: RLP has no leading zeros and no zero. The nonce is eight bytes as they are. */
const numbers: ReadonlySet<string> = new Set(["difficulty", "number", "gasLimit", "gasUsed", "timestamp", "baseFeePerGas", "blobGasUsed", "excessBlobGas"]);

function toRlp(field: string, value: string): string {
  if (!numbers.has(field)) return value;
  const hex = BigInt(value).toString(16);
  return hex === "0" ? "0x" : `0x${hex.length % 2 === 1 ? "0" : ""}${hex}`;
}

/** @returns the hash of a header, from its fields alone: keccak256 of their RLP. @param extraData - instead of the header's own. */
export function hashHeader(header: Omit<BlockHeader, "hash">, extraData: string = header.extraData): string {
  const fields: string[] = [];
  for (const name of headerFields) {
    const value = name === "extraData" ? extraData : header[name];
    if (value === undefined) break;
    fields.push(toRlp(name, value));
  }
  return keccak256(encodeRlp(fields));
}
