/** The platform's compression, for tests: rooms that browsers share import it nowhere else. */
export { deflateRawSync, inflateRawSync, unzipSync } from "node:zlib";
