import { createTarDecoder } from "modern-tar";
import { AppError } from "../../../schema/errors.js";
import type { RecordSource } from "../../format.js";
import { invalid } from "../../refuse.js";
import { readerBytes, streamOf } from "../../stream-of.js";
import type { Member, MemberNames } from "./member.js";

/** Kinds of members that are no files but say something about others: passed over. */
const folders = new Set(["directory", "pax-global-header"]);

/** Opens the members of a TAR file, one after the other. Throws FORMAT_INVALID. */
export function tarMembers(open: RecordSource): (names: MemberNames) => AsyncGenerator<Member> {
  return async function* (names) {
    const source = streamOf(open());
    const fail = (error: unknown, member: number): Error => source.failure() ?? (error instanceof AppError ? error
      : invalid("ARCHIVE", error instanceof Error && error.message.startsWith("Tar archive is truncated") ? "the file ends early" : "a member's head is damaged, or something follows the last one", { member }));
    async function* bytesOf(body: ReadableStream<Uint8Array>, member: number): AsyncGenerator<Uint8Array> {
      try { yield* readerBytes(body); }
      catch (error) { throw fail(error, member); }
    }
    const reader = source.stream.pipeThrough(createTarDecoder({ strict: true })).getReader();
    try {
      for (;;) {
        const next = await reader.read();
        if (next.done) break;
        const { header, body } = next.value;
        const folder = folders.has(header.type ?? "file");
        const index = names.add(header.name, folder);
        if (!folder && header.type !== "file") throw invalid("ARCHIVE", "a member is a link, a device or of an unknown kind", { member: names.count });
        if (index === null) { await body.cancel(); continue; }
        let read = false;
        yield { index, read: () => { read = true; return bytesOf(body, index); } };
        if (!read) await body.cancel();
      }
    } catch (error) {
      throw fail(error, names.count + 1);
    } finally {
      await reader.cancel().catch(() => undefined);
    }
  };
}
