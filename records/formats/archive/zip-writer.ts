import { ZipWriter } from "./zip-library.js";
import { readerBytes, streamOf } from "../../stream-of.js";

export interface OutgoingMember { readonly name: string; readonly bytes: AsyncIterable<Uint8Array> }

/** 1980-01-01 00:00, the first moment that a ZIP file can tell, in DOS form. */
const noTime = 0x0021_0000;

/**
 * Writes members into a ZIP file while they come. The same members give the same bytes: nothing is compressed, and no time, owner or system is told.
 * Sizes follow each member and stand in the directory, so nothing is held.
 */
export async function* writeZip(members: AsyncIterable<OutgoingMember>): AsyncGenerator<Uint8Array> {
  const through = new TransformStream<Uint8Array, Uint8Array>();
  let failure: unknown;
  const write = async (): Promise<void> => {
    const writer = new ZipWriter(through.writable, {
      level: 0, dataDescriptor: true, dataDescriptorSignature: true, extendedTimestamp: false, rawLastModDate: noTime, msDosCompatible: true, keepOrder: true, bufferedWrite: false, useWebWorkers: false,
    });
    for await (const { name, bytes } of members) {
      const source = streamOf(bytes);
      try { await writer.add(name, source.stream); }
      catch (error) { throw source.failure() ?? error; }
    }
    await writer.close();
  };
  const done = write().catch(async (error: unknown) => { failure = error; await through.writable.abort(error).catch(() => undefined); });
  try {
    yield* readerBytes(through.readable);
  } catch (error) {
    failure ??= error;
  } finally {
    await through.readable.cancel().catch(() => undefined);
    await done;
  }
  if (failure !== undefined) throw failure instanceof Error ? failure : new Error("The archive cannot be written.", { cause: failure });
}
