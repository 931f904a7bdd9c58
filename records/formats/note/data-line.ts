/** Fields of HL7v2 and tables, keys of JSON, tags of XML. */
const marks = [/^[A-Z][A-Z0-9]{2}\|/, /[|^~][^|^~]*[|^~][^|^~]*[|^~]/, /"[\w$.-]+"\s*:/, /<\/[A-Za-z][\w:.-]*\s*>|<[A-Za-z][\w:.-]*\s[^<>]*=\s*["']/];

/**
 * Looks for what is data of another format rather than prose, such as a message that lost its header: the rules for notes read sentences, and would
 * let an identifier between two separators stand.
 * @returns the line's number, from 1; null where all is prose.
 */
export function dataLine(text: string): number | null {
  const at = text.split(/\r\n|[\n\r]/).findIndex((line) => marks.some((mark) => mark.test(line.trimStart())));
  return at < 0 ? null : at + 1;
}
