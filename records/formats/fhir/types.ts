import { codeSetTable, typeTable } from "./generated/tables.js";

/** One element of a type, as R4 defines it. */
export interface Element {
  readonly name: string;
  /** `Patient.birthDate`: the owner's type and the name. */
  readonly path: string;
  readonly type: string;
  readonly many: boolean;
  readonly required: boolean;
  /** The codes of a required, fixed binding. */
  readonly codes: ReadonlySet<string> | null;
}

const split = (table: string): [string, string][] => table.trim().split("\n").map((line) => {
  const cut = line.indexOf("=");
  return [line.slice(0, cut), line.slice(cut + 1)];
});

const codeSets = new Map(split(codeSetTable).map(([name, codes]) => [name, new Set(codes.split(" "))]));

/** @returns the fixed code set of that name (`administrative-gender`), or an empty one. */
export const codeSet = (name: string): ReadonlySet<string> => codeSets.get(name) ?? new Set();

/** Every resource and complex type of R4, with its elements by name. */
export const types: ReadonlyMap<string, ReadonlyMap<string, Element>> = new Map(split(typeTable).map(([type, text]) => [
  type,
  new Map(text.split(" ").filter(Boolean).map((entry): [string, Element] => {
    const found = /^([^:]+):([^*!=]+)(\*?)(!?)(?:=(.+))?$/.exec(entry);
    if (found?.[1] === undefined || found[2] === undefined) throw new Error(`Bad entry of the generated FHIR table in ${type}.`);
    const codes = found[5] === undefined ? null : codeSet(found[5]);
    return [found[1], { name: found[1], path: `${type}.${found[1]}`, type: found[2], many: found[3] === "*", required: found[4] === "!", codes }];
  })),
]));
