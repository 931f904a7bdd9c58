import { InvalidArgumentError } from "commander";
import { parseUnits } from "ethers";

/** Decimals of the payment token. */
const tokenDecimals = 6;

export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value <= 0) throw new InvalidArgumentError("Not a positive whole number.");
  return value;
}

/** "2500.50" → smallest units. */
export function parseMoney(text: string): bigint {
  try {
    const amount = parseUnits(text, tokenDecimals);
    if (amount >= 0n) return amount;
  } catch {
    // told below
  }
  throw new InvalidArgumentError("Not an amount: whole tokens with up to 6 decimals.");
}

/** Splits "a,b" and trims; names are as they are written. */
export const nameList = (text: string): string[] => text.split(",").map((part) => part.trim()).filter((part) => part !== "");

/** The same of words of the schema, in capitals. */
export const commaList = (text: string): string[] => nameList(text).map((part) => part.toUpperCase());

/** A JSON object, as filters and variables are given. */
export function jsonObject(text: string): object {
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // told below
  }
  throw new InvalidArgumentError("Not a JSON object.");
}

/** Block 0 is one too. */
export function blockNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0 || text.trim() === "") throw new InvalidArgumentError("Not a block's number.");
  return value;
}
