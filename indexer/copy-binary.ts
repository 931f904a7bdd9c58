import type { ColumnType } from "./tables.js";

/** Bytes of one message of a COPY. */
const messageBytes = 1 << 16;
/** Milliseconds from 1970 to 2000, where Postgres counts time from. */
const postgresEpochMs = 946_684_800_000;

const shortText = 130;

/** Rows in the binary format of COPY: nothing in it needs escaping, and Postgres parses no numbers and times. */
export class BinaryRows {
  #bytes = Buffer.allocUnsafeSlow(messageBytes + 4_096);
  #at = 0;

  constructor() {
    this.#at = this.#bytes.write("PGCOPY\n\u00ff\r\n\0", "latin1");
    this.#int32(0);
    this.#int32(0);
  }

  /** @returns whether there is enough for a message. */
  get full(): boolean {
    return this.#at >= messageBytes;
  }

  /** @returns what was written since the last message. */
  take(): Buffer {
    const message = this.#bytes.subarray(0, this.#at);
    this.#bytes = Buffer.allocUnsafeSlow(messageBytes + 4_096);
    this.#at = 0;
    return message;
  }

  startRow(columns: number): void {
    this.#need(2);
    this.#int16(columns);
  }

  end(): Buffer {
    this.startRow(-1);
    return this.take();
  }

  /** Writes the next value of a row. @throws TypeError, RangeError when the column cannot hold it. */
  cell(type: ColumnType, value: unknown): void {
    if (value === null) {
      this.#need(4);
      this.#int32(-1);
      return;
    }
    switch (type) {
      case "text":
        if (typeof value === "string") return this.#text(value);
        break;
      case "jsonb":
        if (typeof value === "string") return this.#jsonb(value);
        break;
      case "smallint":
        if (typeof value === "number") return this.#small(value);
        break;
      case "integer":
        if (typeof value === "number") return this.#integer(value);
        break;
      case "bigint":
        if (typeof value === "bigint") return this.#big(value);
        break;
      case "numeric":
        if (typeof value === "bigint") return this.#numeric(value);
        break;
      case "boolean":
        if (typeof value === "boolean") return this.#boolean(value);
        break;
      case "timestamptz":
        if (value instanceof Date) return this.#time(value.getTime());
        break;
    }
    throw new TypeError(`A column of type ${type} does not hold a ${typeof value}.`);
  }

  #need(bytes: number): void {
    if (this.#bytes.length - this.#at >= bytes) return;
    const larger = Buffer.allocUnsafeSlow(2 * this.#bytes.length + bytes);
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
  #int16(value: number): void {
    this.#bytes[this.#at++] = value >> 8;
    this.#bytes[this.#at++] = value;
  }
  #int32(value: number): void {
    this.#bytes[this.#at++] = value >> 24;
    this.#bytes[this.#at++] = value >> 16;
    this.#bytes[this.#at++] = value >> 8;
    this.#bytes[this.#at++] = value;
  }
  /** A whole number below 2^53 in size, as 8 bytes. */
  #int64(value: number): void {
    this.#int32(Math.floor(value / 2 ** 32));
    this.#int32(value >>> 0);
  }

  #text(value: string): void {
    this.#need(4 + 3 * value.length);
    const length = this.#short(value) ?? this.#bytes.write(value, this.#at + 4);
    this.#int32(length);
    this.#at += length;
  }
  /** Most texts are hashes and addresses: calling into the runtime for each costs more than its characters do. @returns null for a longer text, or one that is not ASCII. */
  #short(value: string): number | null {
    if (value.length > shortText) return null;
    const bytes = this.#bytes;
    const start = this.#at + 4;
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index);
      if (code > 127) return null;
      bytes[start + index] = code;
    }
    return value.length;
  }
  #jsonb(value: string): void {
    this.#need(5 + 3 * value.length);
    const length = this.#bytes.write(value, this.#at + 5);
    this.#int32(length + 1);
    this.#bytes[this.#at++] = 1; // version of the format
    this.#at += length;
  }
  #small(value: number): void {
    if (value << 16 >> 16 !== value) throw outOfRange("smallint", value);
    this.#need(6);
    this.#int32(2);
    this.#int16(value);
  }
  #integer(value: number): void {
    if ((value | 0) !== value) throw outOfRange("integer", value);
    this.#need(8);
    this.#int32(4);
    this.#int32(value);
  }
  #big(value: bigint): void {
    this.#need(12);
    this.#int32(8);
    const number = Number(value);
    if (Number.isSafeInteger(number)) return this.#int64(number);
    if (BigInt.asIntN(64, value) !== value) throw outOfRange("bigint", value);
    this.#at = this.#bytes.writeBigInt64BE(value, this.#at);
  }
  #boolean(value: boolean): void {
    this.#need(5);
    this.#int32(1);
    this.#bytes[this.#at++] = value ? 1 : 0;
  }
  #time(ms: number): void {
    this.#need(12);
    this.#int32(8);
    this.#int64((ms - postgresEpochMs) * 1_000);
  }
  /** Digits to the base of 10,000, the highest first. */
  #numeric(value: bigint): void {
    const decimal = (value < 0n ? -value : value).toString();
    const digits = Math.ceil(decimal.length / 4);
    this.#need(12 + 2 * digits);
    this.#int32(8 + 2 * digits);
    this.#int16(digits);
    this.#int16(digits - 1); // weight of the first
    this.#int16(value < 0n ? 0x4000 : 0);
    this.#int16(0); // digits after the point
    const first = decimal.length - 4 * (digits - 1);
    for (let from = 0, to = first; to <= decimal.length; from = to, to += 4) this.#int16(Number(decimal.slice(from, to)));
  }
}

const outOfRange = (type: string, value: number | bigint): RangeError => new RangeError(`A column of type ${type} does not hold ${value}.`);
