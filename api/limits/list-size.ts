/** Most values of a list in an operation or its variables. */
export const listLimit = 1_000;

/** @returns length of the longest list in a value of JSON, however deep. */
export function longestList(value: unknown): number {
  let longest = 0;
  const open: unknown[] = [value];
  while (open.length > 0) {
    const each = open.pop();
    if (typeof each !== "object" || each === null) continue;
    if (Array.isArray(each)) longest = Math.max(longest, each.length);
    // Not spread: a list may be longer than a call's arguments.
    for (const inner of Object.values(each)) open.push(inner);
  }
  return longest;
}
