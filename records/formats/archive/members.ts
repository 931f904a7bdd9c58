import { bytesSource, concat, headBytes, limited } from "../../bytes.js";
import { inflate } from "../../inflate.js";
import type { RecordSource } from "../../format.js";
import { invalid } from "../../refuse.js";
import { containerOf } from "./container.js";
import { located } from "./located.js";
import { type Member, MemberNames } from "./member.js";
import { heldBytes, maxRatio, ratioFloor } from "./rules.js";
import { tarMembers } from "./tar-members.js";
import { zipMembers } from "./zip-members.js";

/** @returns the first 512 bytes, or all there are. */
async function start(open: RecordSource): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of open()) { parts.push(chunk); size += chunk.length; if (size >= 512) break; }
  return concat(parts).subarray(0, 512);
}

export interface ArchiveOptions {
  /** Largest total of the members, in bytes. */
  readonly maxBytes: number;
  /** Told at the end how large the archive is, in bytes, and how many files of packing systems were passed over. */
  readonly onEnd: (size: number, systemFiles: number) => void;
}

/** A member that can be read as often as its format needs. */
export interface OpenMember {
  /** From 1. */
  readonly index: number;
  /** Its first bytes, enough to tell its format. */
  readonly head: Uint8Array;
  readonly source: RecordSource;
  /** Whether reading it a second time unpacks the archive a second time. */
  readonly long: boolean;
}

/** What unpacks an archive: once for all its members, and again for a long one alone. */
async function unpacker(open: RecordSource): Promise<(names: MemberNames) => AsyncGenerator<Member>> {
  const kind = containerOf(await start(open));
  if (kind === "zip") return zipMembers(open);
  if (kind === "tar") return tarMembers(open);
  const unzipped: RecordSource = () => inflate("gzip", open(), Number.POSITIVE_INFINITY, (reason) => invalid("ARCHIVE", reason));
  if (containerOf(await start(unzipped)) === "tar") return tarMembers(unzipped);
  return async function* (names) { yield { index: names.add("member", false) ?? 1, read: unzipped }; };
}

/**
 * Opens the members of an archive, one after the other. Throws FORMAT_INVALID for what no honest archive has, with the member's number;
 * FILE_TOO_LARGE if they are larger than `maxBytes` together.
 */
export async function* openMembers(source: RecordSource, { maxBytes, onEnd }: ArchiveOptions): AsyncGenerator<OpenMember> {
  let packed = 0;
  let grown = 0;
  const counted = (): AsyncIterable<Uint8Array> => {
    let position = 0;
    return limited(source(), maxBytes, (count) => { position += count; packed = Math.max(packed, position); });
  };
  const unpack = await unpacker(counted);
  /** Stops a member that grows out of proportion while it grows: what the archive says of its size is not asked. */
  async function* guarded(member: Member, before: number): AsyncGenerator<Uint8Array> {
    let size = 0;
    for await (const chunk of located(member.index, limited(member.read(), maxBytes))) {
      size += chunk.length;
      if (before + size > Math.max(ratioFloor, packed * maxRatio)) throw invalid("ARCHIVE", `it grows to more than ${maxRatio} times its size`, { member: member.index });
      yield chunk;
    }
  }
  async function* again(index: number): AsyncGenerator<Uint8Array> {
    for await (const member of unpack(new MemberNames())) if (member.index === index) { yield* guarded(member, 0); return; }
  }
  const names = new MemberNames();
  for await (const member of unpack(names)) {
    const chunks = guarded(member, grown);
    const head: Uint8Array[] = [];
    let size = 0;
    let whole = false;
    while (size <= heldBytes) {
      const next = await chunks.next();
      if (next.done === true) { whole = true; break; }
      head.push(next.value);
      size += next.value.length;
    }
    if (whole) {
      grown += size;
      const bytes = concat(head);
      yield { index: member.index, head: bytes.subarray(0, headBytes), source: bytesSource(bytes), long: false };
      continue;
    }
    yield { index: member.index, head: concat(head).slice(0, headBytes), long: true, source: firstThenAgain(head, chunks, (count) => { grown += count; }, () => again(member.index)) };
    await chunks.return(undefined);
  }
  if (names.count === 0) throw invalid("ARCHIVE", "it holds no file");
  onEnd(packed, names.systemFiles);
}

/** A long member: the first reading goes on from what is held, each further one unpacks the archive again. */
function firstThenAgain(head: Uint8Array[], rest: AsyncGenerator<Uint8Array>, onBytes: (count: number) => void, again: RecordSource): RecordSource {
  let first = true;
  async function* once(): AsyncGenerator<Uint8Array> {
    for (let piece = head.shift(); piece !== undefined; piece = head.shift()) { onBytes(piece.length); yield piece; }
    for await (const piece of rest) { onBytes(piece.length); yield piece; }
  }
  return () => {
    if (!first) return again();
    first = false;
    return once();
  };
}
