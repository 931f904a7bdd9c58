/** The platform's compression, for tests: rooms that browsers share import it nowhere else. */
export { deflateRawSync, deflateSync, inflateRawSync, unzipSync } from "node:zlib";
