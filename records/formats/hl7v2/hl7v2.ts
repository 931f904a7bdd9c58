import type { Pseudonymizer } from "../../pseudonym.js";
import type { ReportBuilder } from "../../report.js";
import { cleanField, type FieldContext } from "./fields.js";
import { removedSegments, segmentRules } from "./rules.js";
import { type Message, readMessages, type Segment } from "./syntax.js";

export interface Hl7Options {
  readonly pseudonyms: Pseudonymizer;
  readonly report: ReportBuilder;
  readonly referenceDate: Date;
}

const nobody = "*";
const nameable = new Set(removedSegments);
const headers = new Set(["MSH", "FHS", "BHS"]);

/** @returns what tells the patient of a PID segment: an identifier, else name and birth date, else nothing. */
export function patientKey(pid: Segment, message: Message): string | null {
  const { repeat, component } = message.delimiters;
  for (const field of [3, 2, 18, 4, 19]) {
    const id = pid.fields[field]?.split(repeat)[0]?.split(component)[0]?.trim() ?? "";
    if (id !== "") return id;
  }
  const name = `${pid.fields[5] ?? ""}|${pid.fields[7] ?? ""}`;
  return name === "|" ? null : name;
}

/** The report's names of fields and rules, made once. */
const names = new Map<string, string>();
function nameOnce(key: string, make: () => string): string {
  let name = names.get(key);
  if (name === undefined) names.set(key, (name = make()));
  return name;
}
const wheres = new Map(Object.keys(segmentRules).map((name) => [name, Array.from({ length: 64 }, (_, at) => `${name}-${at}`)]));

function cleanSegment(segment: Segment, message: Message, days: number, options: Hl7Options): string | null {
  const { report } = options;
  const rules = segmentRules[segment.name];
  if (rules === undefined) {
    // A name of the vendor's own could itself say something, so only the standard's form is written.
    report.count("hl7.segment", "removed", nameable.has(segment.name) ? segment.name : "other segments");
    return null;
  }
  const { delimiters } = message;
  const isHeader = headers.has(segment.name);
  const context: FieldContext = {
    delimiters, pseudonyms: options.pseudonyms, referenceDate: options.referenceDate, days,
    valueType: segment.name === "OBX" ? (segment.fields[2]?.trim() ?? "") : "",
    code: segment.name === "OBX" ? (segment.fields[3]?.split(delimiters.component)[0]?.trim() ?? "") : "",
  };
  const out: string[] = [];
  for (let at = 1; at < segment.fields.length; at += 1) {
    const text = segment.fields[at] ?? "";
    if (isHeader && at <= 2) { out.push(text); continue; }
    if (text === "") { out.push(""); continue; }
    const where = wheres.get(segment.name)?.[at] ?? segment.name;
    const rule = rules[at];
    if (rule === undefined) { report.count("hl7.field.unlisted", "removed", where); out.push(""); continue; }
    if (text === '""') { out.push(text); continue; }
    const name = nameOnce(rule, () => `hl7.${/^t\d/.test(rule) ? "table" : rule}`);
    const clean = (one: string): string => {
      if (one === "") return "";
      const result = cleanField(rule, one, context);
      report.count(name, result.action, where);
      return result.text;
    };
    if (!text.includes(delimiters.repeat)) { out.push(clean(text)); continue; }
    const repetitions = text.split(delimiters.repeat).map(clean);
    while (repetitions.at(-1) === "") repetitions.pop();
    out.push(repetitions.join(delimiters.repeat));
  }
  while (out.at(-1) === "") out.pop();
  if (isHeader) {
    // fields 1 and 2 are the separator and the encoding characters; MSH-18 must name what we write.
    if (segment.name === "MSH" && (segment.fields[18] ?? "") !== "") { while (out.length < 18) out.push(""); out[17] = "UNICODE UTF-8"; }
    return segment.name + delimiters.field + out.slice(1).join(delimiters.field);
  }
  return [segment.name, ...out].join(delimiters.field);
}

/** De-identifies ER7 messages, one after the other. Segments end with CR, as the standard wants. */
export async function* deidentifyHl7(chunks: AsyncIterable<Uint8Array>, options: Hl7Options): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const message of readMessages(chunks)) {
    const pids = message.segments.filter(({ name }) => name === "PID");
    let key = pids[0] === undefined ? null : patientKey(pids[0], message);
    const lines: string[] = [];
    for (const segment of message.segments) {
      if (segment.name === "PID") {
        key = patientKey(segment, message);
        if (key !== null) options.report.patient(options.pseudonyms.hex("id", key));
      }
      const text = cleanSegment(segment, message, options.pseudonyms.dayShift(key ?? nobody), options);
      if (text !== null) lines.push(text);
    }
    if (!message.envelope) options.report.records += 1;
    if (lines.length > 0) yield encoder.encode(`${lines.join("\r")}\r`);
  }
}
