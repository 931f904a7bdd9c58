import { id, Interface, type InterfaceAbi, type ParamType, type Result } from "ethers";
import { marketplaceAbi } from "../schema/abi/marketplace.js";
import type { LogName, MarketEvent, Position, UnreadableEvent } from "./event-types.js";
import { toldEvents } from "./told-events.js";

interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly indexed?: boolean;
  readonly components?: readonly Parameter[];
}
type Read = (word: string) => unknown;
/** A value of one word, or a tuple of them. */
type Layout = { readonly name: string; readonly read: Read } | { readonly name: string; readonly fields: readonly Layout[] };
interface Decoder {
  readonly name: LogName;
  readonly indexed: readonly { readonly name: string; readonly read: Read }[];
  readonly data: readonly Layout[];
  readonly dataWords: number;
  /** Has a string, bytes or array: then ethers decodes it. */
  readonly dynamic: boolean;
}

class LayoutError extends Error {}

const wordDigits = 64;
const interfaceOfMarket = new Interface(marketplaceAbi as InterfaceAbi);

/** @returns a reader of one 32-byte word (64 hex digits), or null for types that are longer. Readers throw LayoutError on dirty padding. */
function wordReader(type: string): Read | null {
  if (type === "address") return (word) => `0x${withZeros(word, 40)}`;
  if (type === "bool") return readBool;
  const uint = /^uint(\d+)$/.exec(type);
  if (uint) {
    const digits = Number(uint[1]) / 4;
    return digits <= 8 ? (word) => Number(`0x${withZeros(word, digits)}`) : (word) => BigInt(`0x${withZeros(word, digits)}`);
  }
  const bytes = /^bytes(\d+)$/.exec(type);
  if (bytes) {
    const digits = Number(bytes[1]) * 2;
    return (word) => {
      if (/[^0]/.test(word.slice(digits))) throw new LayoutError();
      return `0x${word.slice(0, digits)}`;
    };
  }
  return null;
}

function readBool(word: string): boolean {
  const digit = withZeros(word, 1);
  if (digit !== "0" && digit !== "1") throw new LayoutError();
  return digit === "1";
}

const zeros = "0".repeat(wordDigits);
/** @returns the last `digits` digits; the others must be zeros. */
function withZeros(word: string, digits: number): string {
  const padding = wordDigits - digits;
  if (!word.startsWith(zeros.slice(0, padding))) throw new LayoutError();
  return word.slice(padding);
}

const typeName = (parameter: Parameter): string =>
  parameter.type.startsWith("tuple") ? `(${(parameter.components ?? []).map(typeName).join(",")})${parameter.type.slice(5)}` : parameter.type;

function layoutOf(parameter: Parameter): Layout | null {
  if (parameter.type === "tuple") {
    const fields = (parameter.components ?? []).map(layoutOf);
    return fields.some((field) => field === null) ? null : { name: parameter.name, fields: fields as Layout[] };
  }
  const read = wordReader(parameter.type);
  return read && { name: parameter.name, read };
}

const wordsOf = (layout: Layout): number => ("fields" in layout ? layout.fields.reduce((sum, field) => sum + wordsOf(field), 0) : 1);

const decoders = new Map<string, Decoder>();
for (const entry of marketplaceAbi) {
  if (entry.type !== "event") continue;
  const inputs = entry.inputs as readonly Parameter[];
  const indexed = inputs.filter((input) => input.indexed).map((input) => ({ name: input.name, read: wordReader(input.type) ?? ((word: string) => `0x${word}`) }));
  const data = inputs.filter((input) => !input.indexed).map(layoutOf);
  const dynamic = data.includes(null);
  const known = dynamic ? [] : (data as Layout[]);
  decoders.set(id(`${entry.name}(${inputs.map(typeName).join(",")})`), {
    name: entry.name,
    indexed,
    data: known,
    dataWords: known.reduce((sum, layout) => sum + wordsOf(layout), 0),
    dynamic,
  });
}

/** A log as the node gives it; topics and data in lower-case hex. */
export interface RawLog extends Omit<Position, "logPart"> {
  readonly topics: readonly string[];
  readonly data: string;
}

/**
 * Decodes a log of the marketplace. Never throws: what cannot be read is told as such, so that the feed can record it.
 * @returns the events that it tells, in order: one, but for votes by signature.
 */
export function decodeLog(log: RawLog): readonly (MarketEvent | UnreadableEvent)[] {
  const { topics, data, ...position } = log;
  const unreadable = (name: string, reason: UnreadableEvent["reason"]): UnreadableEvent[] => [{ ...position, logPart: 0, name, args: null, raw: { topics, data }, reason }];
  const decoder = decoders.get(topics[0] ?? "");
  if (!decoder) return unreadable("Unknown", "UNKNOWN_EVENT");
  try {
    const args = decoder.dynamic ? decodeWithEthers(log) : decodeWords(decoder, topics, data);
    const told = toldEvents(decoder.name, args);
    return told?.map((event, logPart) => ({ ...position, logPart, ...event })) ?? unreadable(decoder.name, "UNDECODABLE");
  } catch (error) {
    if (error instanceof LayoutError || decoder.dynamic) return unreadable(decoder.name, "UNDECODABLE");
    throw error;
  }
}

function decodeWords(decoder: Decoder, topics: readonly string[], data: string): Record<string, unknown> {
  if (topics.length !== decoder.indexed.length + 1 || data.length !== 2 + decoder.dataWords * wordDigits) throw new LayoutError();
  const args: Record<string, unknown> = {};
  decoder.indexed.forEach(({ name, read }, index) => {
    args[name] = read(topics[index + 1]!.slice(2));
  });
  let at = 2;
  const fill = (target: Record<string, unknown>, layouts: readonly Layout[]): void => {
    for (const layout of layouts) {
      if ("fields" in layout) {
        const inner: Record<string, unknown> = {};
        fill(inner, layout.fields);
        target[layout.name] = inner;
      } else {
        target[layout.name] = layout.read(data.slice(at, (at += wordDigits)));
      }
    }
  };
  fill(args, decoder.data);
  return args;
}

function decodeWithEthers({ topics, data }: RawLog): unknown {
  const parsed = interfaceOfMarket.parseLog({ topics: [...topics], data });
  if (!parsed) throw new LayoutError();
  return plain(parsed.args, parsed.fragment.inputs);
}

function plain(values: Result, parameters: readonly ParamType[]): Record<string, unknown> {
  return Object.fromEntries(parameters.map((parameter, index) => [parameter.name, plainValue(values[index], parameter)]));
}

function plainValue(value: unknown, parameter: ParamType): unknown {
  if (parameter.isArray()) return (value as Result).map((item: unknown) => plainValue(item, parameter.arrayChildren));
  if (parameter.isTuple()) return plain(value as Result, parameter.components);
  if (typeof value === "bigint" && /^uint(8|16|32)$/.test(parameter.type)) return Number(value);
  return typeof value === "string" && parameter.type !== "string" ? value.toLowerCase() : value;
}
