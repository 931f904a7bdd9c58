/** Changes one character in the middle of the link's token. */
export function forge(url: string): string {
  const target = new URL(url);
  const at = target.pathname.length - 20;
  const other = target.pathname[at] === "A" ? "B" : "A";
  target.pathname = target.pathname.slice(0, at) + other + target.pathname.slice(at + 1);
  return target.href;
}
