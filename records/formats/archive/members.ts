import { bytesSource, collect, concat, headBytes, limited } from "../../bytes.js";
import { inflate } from "../../inflate.js";
import type { RecordSource } from "../../format.js";
import { invalid } from "../../refuse.js";
import { type Container, containerOf } from "./container.js";
import { pdfMembers } from "../pdf/pdf-members.js";
import { maxPdfBytes } from "../pdf/rules.js";
import { located, type Part } from "./located.js";
import { type Member, MemberNames } from "./member.js";
import { heldBytes, maxMembers, maxRatio, ratioFloor } from "./rules.js";
import { tarMembers } from "./tar-members.js";
import { zipMembers } from "./zip-members.js";

/** @returns the first 512 bytes, or all there are. */
async function start(open: RecordSource): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of open()) { parts.push(chunk); size += chunk.length; if (size >= 512) break; }
  return concat(parts).subarray(0, 512);
}

/** Told of what goes with the container: the rule, what it was, and how often (0 too). */
export type OnRemoved = (rule: string, where: string, count: number) => void;

export interface ArchiveOptions {
  /** Largest total of the members, in bytes. */
  readonly maxBytes: number;
  /** Told at the end how large the archive is, in bytes, and how many files of packing systems were passed over. */
  readonly onEnd: (size: number, systemFiles: number) => void;
  readonly onRemoved?: OnRemoved;
  /** Whether the text of documents is a member, too; a page of text is refused else. Default: it is. */
  readonly texts?: boolean;
}

/** A member that can be read as often as its format needs: a file, or a page of a document. */
export interface OpenMember {
  /** From 1. The pages of a document have the same. */
  readonly index: number;
  /** What errors say it is. */
  readonly part: Part;
  /** Its first bytes, enough to tell its format. */
  readonly head: Uint8Array;
  readonly source: RecordSource;
  /** Whether reading it a second time unpacks the archive a second time. */
  readonly long: boolean;
  /** The text of a document: no other format than a note's, whatever it looks like. */
  readonly isText?: boolean;
}

/** What unpacks an archive: once for all its members, and again for a long one alone. */
async function unpacker(kind: Container | null, open: RecordSource): Promise<(names: MemberNames) => AsyncGenerator<Member>> {
  if (kind === "zip") return zipMembers(open);
  if (kind === "tar") return tarMembers(open);
  const single = (read: RecordSource) => async function* (names: MemberNames): AsyncGenerator<Member> { yield { index: names.add("member", false) ?? 1, read }; };
  if (kind === "pdf") return single(open);
  const unzipped: RecordSource = () => inflate("gzip", open(), Number.POSITIVE_INFINITY, (reason) => invalid("ARCHIVE", reason));
  if (containerOf(await start(unzipped)) === "tar") return tarMembers(unzipped);
  return single(unzipped);
}

/**
 * Opens the members of an archive, one after the other. Throws FORMAT_INVALID for what no honest archive has, with the member's number;
 * FILE_TOO_LARGE if they are larger than `maxBytes` together.
 */
export async function* openMembers(source: RecordSource, { maxBytes, onEnd, onRemoved = () => undefined, texts = true }: ArchiveOptions): AsyncGenerator<OpenMember> {
  let packed = 0;
  let grown = 0;
  const counted = (): AsyncIterable<Uint8Array> => {
    let position = 0;
    return limited(source(), maxBytes, (count) => { position += count; packed = Math.max(packed, position); });
  };
  const kind = containerOf(await start(counted));
  const unpack = await unpacker(kind, counted);
  const partOf = (index: number): Part => (kind === "pdf" ? {} : { member: index });
  /** Stops a member that grows out of proportion while it grows: what the archive says of its size is not asked. */
  async function* guarded(member: Member, before: number): AsyncGenerator<Uint8Array> {
    let size = 0;
    for await (const chunk of located(partOf(member.index), limited(member.read(), maxBytes))) {
      size += chunk.length;
      if (before + size > Math.max(ratioFloor, packed * maxRatio)) throw invalid("ARCHIVE", `it grows to more than ${maxRatio} times its size`, { member: member.index });
      yield chunk;
    }
  }
  async function* again(index: number): AsyncGenerator<Uint8Array> {
    for await (const member of unpack(new MemberNames())) if (member.index === index) { yield* guarded(member, 0); return; }
  }
  const names = new MemberNames();
  let pages = 0;
  for await (const member of unpack(names)) {
    const part = partOf(member.index);
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
    const bytes = concat(head);
    if (containerOf(bytes) === "pdf") {
      for await (const page of pdfMembers(concat([bytes, await collect(chunks, maxPdfBytes - size)]), { index: member.index, part, onRemoved, texts })) {
        if (++pages + names.count > maxMembers) throw invalid("ARCHIVE", `it has more than ${maxMembers} members and pages`, page.part);
        yield page;
      }
      grown += size;
      continue;
    }
    if (whole) {
      grown += size;
      yield { index: member.index, part, head: bytes.subarray(0, headBytes), source: bytesSource(bytes), long: false };
      continue;
    }
    yield { index: member.index, part, head: bytes.slice(0, headBytes), long: true, source: firstThenAgain(head, chunks, (count) => { grown += count; }, () => again(member.index)) };
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
