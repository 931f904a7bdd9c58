import { codeSetTable, typeTable } from "./generated/tables.js";
import { codeSetTableR5, endedTypes, typeTableR5, unreadTypes } from "./generated/tables-r5.js";
import { acceptedInR5, acceptedResources, pathRules, removedTypes } from "./rules.js";

/** What is done to a value, by its type: told once, for it is asked for each value. */
export type Kind = "boolean" | "number" | "date" | "time" | "code" | "text" | "resource" | "removed" | "extension" | "coding" | "address" | "quantity" | "complex";

/** One element of a type, as a release defines it. */
export interface Element {
  readonly name: string;
  /** `Patient.birthDate`: the owner's type and the name. */
  readonly path: string;
  readonly type: string;
  readonly kind: Kind;
  /** The rule of its own, if it has one. */
  readonly rule: (typeof pathRules)[string] | null;
  readonly many: boolean;
  readonly required: boolean;
  /** The codes of a required, fixed binding. */
  readonly codes: ReadonlySet<string> | null;
}

const kinds: Readonly<Record<string, Kind>> = {
  boolean: "boolean", integer: "number", positiveInt: "number", unsignedInt: "number", decimal: "number", date: "date", dateTime: "date", instant: "date", time: "time", code: "code",
  string: "text", markdown: "text", uri: "text", url: "text", canonical: "text", oid: "text", uuid: "text", base64Binary: "text", xhtml: "text", id: "text", integer64: "text",
  Resource: "resource", Extension: "extension", Coding: "coding", Address: "address", Quantity: "quantity", Age: "quantity", Count: "quantity", Distance: "quantity", Duration: "quantity",
};
const removed = new Set(removedTypes);

const texts = new Set<Kind>(["date", "time", "code", "text"]);
/** @returns whether a value of the kind is a JSON string. */
export const isText = (kind: Kind): boolean => texts.has(kind);

type Types = ReadonlyMap<string, ReadonlyMap<string, Element>>;

/** A release of FHIR, by which a resource is read. */
export interface Release {
  readonly name: "R4" | "R5";
  /** Every resource and complex type, with its elements by name. */
  readonly types: Types;
  /** The resources that are taken as records. */
  readonly accepted: ReadonlySet<string>;
}

const split = (table: string): [string, string][] => table.trim().split("\n").map((line) => {
  const cut = line.indexOf("=");
  return [line.slice(0, cut), line.slice(cut + 1)];
});

function typesOf(lines: Iterable<readonly [string, string]>, sets: readonly [string, string][]): Types {
  const codeSets = new Map(sets.map(([name, codes]) => [name, new Set(codes.split(" "))]));
  return new Map([...lines].map(([type, text]) => [
    type,
    new Map(text.split(" ").filter(Boolean).map((entry): [string, Element] => {
      const found = /^([^:]+):([^*!=]+)(\*?)(!?)(?:=(.+))?$/.exec(entry);
      if (found?.[1] === undefined || found[2] === undefined) throw new Error(`Bad entry of the generated FHIR table in ${type}.`);
      const codes = found[5] === undefined ? null : (codeSets.get(found[5]) ?? new Set<string>());
      const path = `${type}.${found[1]}`;
      return [found[1], { name: found[1], path, type: found[2], kind: kinds[found[2]] ?? (removed.has(found[2]) ? "removed" : "complex"), rule: pathRules[path] ?? null, many: found[3] === "*", required: found[4] === "!", codes }];
    })),
  ]));
}

function readR5(): Types {
  const lines = new Map(split(typeTable));
  for (const name of endedTypes.trim().split("\n")) lines.delete(name);
  for (const name of unreadTypes.trim().split("\n")) lines.set(name, "");
  for (const [name, text] of split(typeTableR5)) lines.set(name, text);
  return typesOf(lines, [...split(codeSetTable), ...split(codeSetTableR5)]);
}

const r4Types = typesOf(split(typeTable), split(codeSetTable));
const r5Types = readR5();

/** R4, and the R5 that differs from it by `generated/tables-r5.ts`. */
export const releases = {
  r4: { name: "R4", types: r4Types, accepted: new Set(acceptedResources) },
  r5: { name: "R5", types: r5Types, accepted: new Set([...acceptedResources, ...acceptedInR5].filter((type) => r5Types.has(type))) },
} as const satisfies Record<string, Release>;

/** @returns whether either release has a type of that name. */
export const isType = (name: string): boolean => r4Types.has(name) || r5Types.has(name);
