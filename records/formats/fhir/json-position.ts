/** @returns where JSON.parse stopped, as a byte-free number, told from V8's and SpiderMonkey's messages; undefined if they do not say. */
export function jsonPosition(error: unknown): number | undefined {
  const found = /position (\d+)/.exec(error instanceof Error ? error.message : "")?.[1];
  return found === undefined ? undefined : Number(found);
}
