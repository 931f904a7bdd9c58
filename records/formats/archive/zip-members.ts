import { type Entry, Reader, ZipReader } from "./zip-library.js";
import { AppError } from "../../../schema/errors.js";
import { ChunkReader } from "../../chunk-reader.js";
import type { RecordSource } from "../../format.js";
import { invalid } from "../../refuse.js";
import { type Member, type MemberNames } from "./member.js";

/** The end of the file that holds the directory: 10,000 members with long names. */
const tailBytes = 8 * 2 ** 20;
/** What stays at hand behind the place that is read: the reader turns back over a member's head. */
const behindBytes = 2 ** 17;

/** Bytes of a member's head before its name. */
const headLength = 30;

/** The end of a ZIP file, where its directory stands, and its size. Read once; the members are read from the start. */
interface Tail { readonly size: number; readonly start: number; readonly bytes: Uint8Array }

async function readTail(open: RecordSource): Promise<Tail> {
  const parts: Uint8Array[] = [];
  let held = 0;
  let size = 0;
  for await (const chunk of open()) {
    parts.push(chunk.slice());
    held += chunk.length;
    size += chunk.length;
    while (held - (parts[0]?.length ?? 0) >= tailBytes) held -= parts.shift()?.length ?? 0;
  }
  const bytes = new Uint8Array(held);
  let at = 0;
  for (const part of parts) { bytes.set(part, at); at += part.length; }
  return { size, start: size - held, bytes };
}

/** Answers from the tail, and otherwise from a stream that only goes forward: a record's source cannot jump. */
class ForwardReader extends Reader<undefined> {
  #behind: Uint8Array = new Uint8Array(0);
  readonly #stream: ChunkReader;

  constructor(open: RecordSource, readonly tail: Tail) {
    super(undefined);
    this.size = tail.size;
    this.#stream = new ChunkReader(open());
  }

  override async readUint8Array(index: number, length: number): Promise<Uint8Array> {
    const { tail } = this;
    const size = Math.max(0, Math.min(length, tail.size - index));
    if (index >= tail.start) return tail.bytes.subarray(index - tail.start, index - tail.start + size);
    let from = this.#stream.position - this.#behind.length;
    if (index < from) throw invalid("ARCHIVE", "its directory does not follow its members, or is too large", { position: index });
    while (index > this.#stream.position) {
      const step = Math.min(65_536, index - this.#stream.position);
      if (!(await this.#stream.fill(step))) throw invalid("ARCHIVE", "the file ends early", { position: this.#stream.position });
      this.#behind = this.#stream.take(step).slice();
      from = this.#stream.position - step;
    }
    const missing = index + size - this.#stream.position;
    if (missing > 0) {
      if (!(await this.#stream.fill(missing))) throw invalid("ARCHIVE", "the file ends early", { position: this.#stream.position });
      const next = this.#stream.take(missing);
      const joined = new Uint8Array(this.#behind.length + next.length);
      joined.set(this.#behind);
      joined.set(next, this.#behind.length);
      this.#behind = joined;
    }
    const answer = this.#behind.slice(index - from, index - from + size);
    if (this.#behind.length > behindBytes) this.#behind = this.#behind.slice(-behindBytes);
    return answer;
  }

  close(): Promise<void> { return this.#stream.close(); }
}

// The library's own check for overlaps jumps to what follows a member before it reads it.
const options = { strictness: "strict", checkSignature: true, checkOverlappingEntry: false, useWebWorkers: false, useCompressionStream: false } as const;

/** What zip.js says of a damaged or ambiguous archive, without the names and bytes that it may quote. */
const reasonOf = (error: unknown): string => (error instanceof Error && /^[A-Za-z0-9 ,'-]{1,80}$/.test(error.message) ? error.message.toLowerCase() : "it is damaged");

async function* bytesOf(entry: Extract<Entry, { directory: false }>, member: number): AsyncGenerator<Uint8Array> {
  const through = new TransformStream<Uint8Array, Uint8Array>();
  let failure: unknown;
  const done = entry.getData(through.writable, options).catch((error: unknown) => { failure = error ?? new Error("The member cannot be read."); return through.writable.abort(error).catch(() => undefined); });
  const reader = through.readable.getReader();
  try {
    for (;;) {
      const next = await reader.read();
      if (next.done) break;
      yield next.value;
    }
    await done;
  } catch (error) {
    failure ??= error;
  } finally {
    await reader.cancel().catch(() => undefined);
    await done;
  }
  if (failure !== undefined) throw failure instanceof AppError ? failure : invalid("ARCHIVE", `a member cannot be unpacked: ${reasonOf(failure)}`, { member });
}

/**
 * Opens the members of a ZIP file in the order in which they stand. Whatever two readers could understand differently is refused:
 * overlapping or hidden members, heads that disagree with the directory, bytes before or after.
 */
export function zipMembers(open: RecordSource): (names: MemberNames) => AsyncGenerator<Member> {
  let tail: Promise<Tail> | undefined;
  return async function* (names) {
    const reader = new ForwardReader(open, await (tail ??= readTail(open)));
    try {
      const entries: Extract<Entry, { directory: false }>[] = [];
      try {
        for await (const entry of new ZipReader(reader, options).getEntriesGenerator({ ...options, filenameValidation: "tolerant" })) {
          const member = names.add(entry.filename, entry.directory);
          if (member === null || entry.directory) continue;
          if (entry.encrypted) throw invalid("ARCHIVE", "a member is encrypted", { member });
          if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8) throw invalid("ARCHIVE", "a member is compressed by another method than deflate", { member });
          if (entry.unixMode !== undefined && (entry.unixMode & 0o170000) === 0o120000) throw invalid("ARCHIVE", "a member is a link", { member });
          entries.push(entry);
        }
      } catch (error) {
        throw error instanceof AppError ? error : invalid("ARCHIVE", reasonOf(error));
      }
      entries.sort((a, b) => a.offset - b.offset);
      let end = 0;
      for (const [at, { offset, rawFilename, compressedSize }] of entries.entries()) {
        if (offset < end) throw invalid("ARCHIVE", "two members overlap", { member: at + 1, position: offset });
        end = offset + headLength + rawFilename.length + compressedSize;
      }
      for (const [at, entry] of entries.entries()) yield { index: at + 1, read: () => bytesOf(entry, at + 1) };
    } finally {
      await reader.close();
    }
  };
}
