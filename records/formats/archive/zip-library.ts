import { configure } from "@zip.js/zip.js";

// The library's pool counts streams that run in this thread as well. A member is read while another is written, and several jobs run side by side:
// a full pool would make each wait seconds for the other.
configure({ useWebWorkers: false, maxWorkers: 10_000 });

export { type Entry, Reader, ZipReader, ZipWriter } from "@zip.js/zip.js";
