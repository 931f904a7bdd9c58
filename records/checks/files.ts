import { defaultMaxBytes } from "../bytes.js";
import type { FileFormat, RecordFormat, RecordSource } from "../format.js";
import { openMembers } from "../formats/archive/members.js";
import { recognizeFormat } from "../recognize.js";

/** A record set's files: the one that it is, or those of an archive, one after the other. */
export async function* filesOf(format: RecordFormat, source: RecordSource): AsyncGenerator<{ format: FileFormat; source: RecordSource }> {
  if (format !== "ARCHIVE") return void (yield { format, source });
  for await (const member of openMembers(source, { maxBytes: defaultMaxBytes, onEnd: () => undefined })) {
    const found = member.isText === true ? "NOTE" : recognizeFormat(member.head);
    if (found !== "ARCHIVE") yield { format: found, source: member.source };
  }
}
