const accepts = (bytes: Uint8Array): boolean => {
  try { new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true }); return true; }
  catch { return false; }
};

/** @returns how many bytes of the beginning can be UTF-8: where decoding stops, for decoders do not tell. */
export function utf8End(bytes: Uint8Array): number {
  let [sound, broken] = [0, bytes.length + 1];
  while (broken - sound > 1) {
    const middle = (sound + broken) >> 1;
    if (accepts(bytes.subarray(0, middle))) sound = middle;
    else broken = middle;
  }
  return sound;
}
