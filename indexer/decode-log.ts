import type { Interface, InterfaceAbi, ParamType, Result } from "ethers";
import { auditDrawAbi } from "../schema/abi/audit-draw.js";
import { marketplaceAbi } from "../schema/abi/marketplace.js";
import type { LogName, MarketEvent, Position, UnreadableEvent } from "./event-types.js";
import { keccakHex } from "./keccak.js";
import { lazyEthers } from "./lazy-ethers.js";
import { toldEvents, type ToldEvent } from "./told-events.js";

interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly indexed?: boolean;
  readonly components?: readonly Parameter[];
}
/** Reads the word of 64 hex digits that begins at `at`. */
type Read = (text: string, at: number) => unknown;
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
/** Of both contracts: no two events have the same topic. */
const abi = [...marketplaceAbi, ...auditDrawAbi].filter(({ type }) => type === "event");

/** @returns a reader of one 32-byte word, or null for types that are longer. Readers throw LayoutError on dirty padding. */
function wordReader(type: string): Read | null {
  if (type === "address") return (text, at) => `0x${withZeros(text, at, 40)}`;
  if (type === "bool") return readBool;
  const uint = /^uint(\d+)$/.exec(type);
  if (uint) {
    const digits = Number(uint[1]) / 4;
    return digits <= 8 ? (text, at) => Number.parseInt(withZeros(text, at, digits), 16) : (text, at) => BigInt(`0x${withZeros(text, at, digits)}`);
  }
  if (type === "bytes32") return readHash;
  const bytes = /^bytes(\d+)$/.exec(type);
  if (bytes) {
    const digits = Number(bytes[1]) * 2;
    const padding = "0".repeat(wordDigits - digits);
    return (text, at) => {
      if (!text.startsWith(padding, at + digits)) throw new LayoutError();
      return `0x${text.slice(at, at + digits)}`;
    };
  }
  return null;
}

/** A topic is as it should be; a word of the data lacks the prefix. */
const readHash: Read = (text, at) => (at === 2 && text.length === 2 + wordDigits ? text : `0x${text.slice(at, at + wordDigits)}`);

function readBool(text: string, at: number): boolean {
  const digit = withZeros(text, at, 1);
  if (digit !== "0" && digit !== "1") throw new LayoutError();
  return digit === "1";
}

const zeros = "0".repeat(wordDigits);
/** @returns the last `digits` digits of a word; the others must be zeros. */
function withZeros(text: string, at: number, digits: number): string {
  const padding = wordDigits - digits;
  if (!text.startsWith(zeros.slice(0, padding), at)) throw new LayoutError();
  return text.slice(at + padding, at + wordDigits);
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
for (const entry of abi) {
  if (entry.type !== "event") continue;
  const inputs = entry.inputs as readonly Parameter[];
  const indexed = inputs.filter((input) => input.indexed).map((input) => ({ name: input.name, read: wordReader(input.type) ?? readHash }));
  const data = inputs.filter((input) => !input.indexed).map(layoutOf);
  const dynamic = data.includes(null);
  const known = dynamic ? [] : (data as Layout[]);
  decoders.set(keccakHex(Buffer.from(`${entry.name}(${inputs.map(typeName).join(",")})`)), {
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
 * Decodes a log of our contracts. Never throws: what cannot be read is told as such, so that the feed can record it.
 * @returns the events that it tells, in order: one, but for votes by signature.
 */
export function decodeLog(log: RawLog): readonly (MarketEvent | UnreadableEvent)[] {
  const decoder = decoders.get(log.topics[0] ?? "");
  if (!decoder) return [unreadable(log, "Unknown", "UNKNOWN_EVENT")];
  try {
    const args = decoder.dynamic ? decodeWithEthers(log) : decodeWords(decoder, log);
    const told = toldEvents(decoder.name, args);
    return told?.map((event, logPart) => eventOf(log, event, logPart)) ?? [unreadable(log, decoder.name, "UNDECODABLE")];
  } catch (error) {
    if (error instanceof LayoutError || decoder.dynamic) return [unreadable(log, decoder.name, "UNDECODABLE")];
    throw error;
  }
}

// Property by property: spreading objects would take more time than decoding them.
function eventOf({ blockNumber, blockHash, blockTime, transactionHash, logIndex }: RawLog, { name, args }: ToldEvent, logPart: number): MarketEvent {
  return { blockNumber, blockHash, blockTime, transactionHash, logIndex, logPart, name, args };
}

function unreadable({ topics, data, ...position }: RawLog, name: string, reason: UnreadableEvent["reason"]): UnreadableEvent {
  return { ...position, logPart: 0, name, args: null, raw: { topics, data }, reason };
}

function decodeWords({ indexed, data: layouts, dataWords }: Decoder, { topics, data }: RawLog): Record<string, unknown> {
  if (topics.length !== indexed.length + 1 || data.length !== 2 + dataWords * wordDigits) throw new LayoutError();
  const args: Record<string, unknown> = {};
  for (const [index, { name, read }] of indexed.entries()) args[name] = read(topics[index + 1]!, 2);
  readFields(args, layouts, data, 2);
  return args;
}

/** @returns where the next word begins. */
function readFields(target: Record<string, unknown>, layouts: readonly Layout[], data: string, from: number): number {
  let at = from;
  for (const layout of layouts) {
    if ("fields" in layout) {
      const inner: Record<string, unknown> = {};
      at = readFields(inner, layout.fields, data, at);
      target[layout.name] = inner;
    } else {
      target[layout.name] = layout.read(data, at);
      at += wordDigits;
    }
  }
  return at;
}

let interfaceOfEvents: Interface | undefined;

function decodeWithEthers({ topics, data }: RawLog): unknown {
  interfaceOfEvents ??= new (lazyEthers().Interface)(abi as InterfaceAbi);
  const parsed = interfaceOfEvents.parseLog({ topics: [...topics], data });
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
