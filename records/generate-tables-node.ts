/**
 * Makes the committed tables of FHIR and DICOM from the packages that carry the standards:
 * `hl7.fhir.r4.examples` and `hl7.fhir.r5.examples` (StructureDefinitions, ValueSets and CodeSystems of R4 and R5) and `dcmjs` (PS3.6 data dictionary).
 * Run with the compiled file: `node records/generate-tables-node.js FOLDER`; `tables.test.ts` compares the result with what is committed.
 */
import { readFile, readdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { acceptedInR5, acceptedResources } from "./formats/fhir/rules.js";

interface Binding { strength?: string; valueSet?: string }
interface ElementDefinition {
  path: string; min: number; max: string; contentReference?: string; binding?: Binding;
  type?: { code: string; extension?: { url: string; valueUrl?: string }[] }[];
}
interface Definition {
  resourceType: string; url: string; type: string; kind: string; derivation?: string; abstract?: boolean;
  snapshot?: { element: ElementDefinition[] };
}
interface Concept { code: string; concept?: Concept[] }
interface CodeSystem { url: string; content?: string; concept?: Concept[] }
interface ValueSet { url: string; compose?: { include: { system?: string; concept?: Concept[]; filter?: unknown; valueSet?: string[] }[] } }

const require = createRequire(import.meta.url);
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

async function readAll<T>(folder: string, prefix: string): Promise<T[]> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(`${prefix}-`) && name.endsWith(".json")).sort(byText);
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(folder, name), "utf8")) as T));
}

const flatten = (concepts: Concept[] | undefined): string[] =>
  (concepts ?? []).flatMap((concept) => [concept.code, ...flatten(concept.concept)]);

/** FHIRPath system types stand for `id` and `string` primitives. */
function typeName(code: string, owner: string, element: string): string {
  if (!code.startsWith("http://hl7.org/fhirpath/")) return code;
  return element === "id" ? (owner.includes(".") || !/^[A-Z]/.test(owner) ? "string" : "id") : "string";
}

/** One line per type: `name=element:type[*][!][=valueset] …`; `*` repeats, `!` is required. Choice types are spelled out. */
function typeLines(definitions: Definition[], valueSets: Map<string, string>): string[] {
  const lines = new Map<string, string[]>();
  for (const definition of definitions) {
    for (const element of definition.snapshot?.element ?? []) {
      const cut = element.path.lastIndexOf(".");
      if (cut < 0) { lines.set(element.path, lines.get(element.path) ?? []); continue; }
      const owner = element.path.slice(0, cut);
      const name = element.path.slice(cut + 1);
      const flags = `${element.max === "0" || element.max === "1" ? "" : "*"}${element.min > 0 ? "!" : ""}`;
      const into = lines.get(owner) ?? [];
      lines.set(owner, into);
      if (element.contentReference !== undefined) { into.push(`${name}:${element.contentReference.slice(1)}${flags}`); continue; }
      for (const { code } of element.type ?? []) {
        const nested = code === "BackboneElement" || (code === "Element" && cut > 0);
        const type = nested ? element.path : typeName(code, owner, name);
        const set = code === "code" && element.binding?.strength === "required" ? valueSets.get(element.binding.valueSet?.split("|")[0] ?? "") : undefined;
        const spelled = name.endsWith("[x]") ? name.slice(0, -3) + code.charAt(0).toUpperCase() + code.slice(1) : name;
        // A required choice is required in each spelling: it is asked only where one that was there had to go.
        into.push(`${spelled}:${type}${flags}${set === undefined ? "" : `=${set}`}`);
      }
    }
  }
  return [...lines].sort(([a], [b]) => byText(a, b)).map(([name, elements]) => `${name}=${elements.join(" ")}`);
}

/** Every fixed code set that a required binding of a `code` names, as `short name=code code …`. */
function codeSets(definitions: Definition[], sets: ValueSet[], systems: Map<string, CodeSystem>): { lines: string[]; names: Map<string, string> } {
  const wanted = new Set(definitions.flatMap((d) => d.snapshot?.element ?? [])
    .filter((e) => e.binding?.strength === "required" && e.type?.some((t) => t.code === "code"))
    .map((e) => e.binding?.valueSet?.split("|")[0] ?? ""));
  const names = new Map<string, string>();
  const lines: string[] = [];
  for (const set of sets.filter(({ url }) => wanted.has(url)).sort((a, b) => byText(a.url, b.url))) {
    const codes: string[] = [];
    let whole = true;
    for (const include of set.compose?.include ?? []) {
      if (include.concept !== undefined) codes.push(...flatten(include.concept));
      else {
        const system = systems.get(include.system ?? "");
        if (include.filter !== undefined || include.valueSet !== undefined || system?.concept === undefined) whole = false;
        else codes.push(...flatten(system.concept));
      }
    }
    const usable = [...new Set(codes)].filter((code) => !/\s/.test(code)).sort(byText);
    if (!whole || usable.length === 0) continue;
    const name = set.url.slice(set.url.lastIndexOf("/") + 1);
    names.set(set.url, name);
    lines.push(`${name}=${usable.join(" ")}`);
  }
  return { lines, names };
}

const banner = (from: string): string => `// Generated by records/generate-tables-node.ts from ${from}. Do not edit.\n`;
const template = (lines: string[]): string => "`\n" + lines.join("\n").replaceAll("\\", "\\\\").replaceAll("`", "\\`").replaceAll("${", "\\${") + "\n`";

/** One release's types, fixed code sets and small vocabularies, a line each. */
interface Release { readonly resources: ReadonlySet<string>; readonly types: string[]; readonly sets: string[]; readonly vocabularies: string[] }

/** @param packageFile - package.json of the package with a release's definitions */
async function readRelease(packageFile: string): Promise<Release> {
  const folder = dirname(packageFile);
  const all = (await readAll<Definition>(folder, "StructureDefinition"))
    .filter((d) => d.derivation !== "constraint" && (d.kind === "resource" || d.kind === "complex-type") && d.snapshot !== undefined);
  const systemList = await readAll<CodeSystem>(folder, "CodeSystem");
  const systems = new Map(systemList.map((system) => [system.url, system]));
  const { lines: sets, names } = codeSets(all, await readAll<ValueSet>(folder, "ValueSet"), systems);
  const vocabularies = systemList
    .filter(({ url, concept }) => concept !== undefined && /^http:\/\/(terminology\.hl7\.org\/CodeSystem|hl7\.org\/fhir)\//.test(url))
    .map(({ url, concept }) => ({ url, codes: [...new Set(flatten(concept))].filter((code) => !/\s/.test(code)).sort(byText) }))
    .filter(({ codes }) => codes.length > 0 && codes.length <= 600)
    .sort((a, b) => byText(a.url, b.url))
    .map(({ url, codes }) => `${url}=${codes.join(" ")}`);
  return { resources: new Set(all.filter(({ kind }) => kind === "resource").map(({ type }) => type)), types: typeLines(all, names), sets, vocabularies };
}

let read: Promise<Release> | undefined;
/** Both files of tables are made from R4's definitions: they are read once. */
const r4 = (): Promise<Release> => (read ??= readRelease(require.resolve("hl7.fhir.r4.examples/package.json")));

/** @returns the text of `formats/fhir/generated/tables.ts`. */
export async function fhirTables(): Promise<string> {
  const { types, sets, vocabularies } = await r4();
  return `${banner("hl7.fhir.r4.examples@4.0.1 (CC0)")}
/** \`type=element:type[*][!][=code set]\`, one line a type. */
export const typeTable = ${template(types)};

/** \`code set=code code …\`: fixed sets of required bindings. */
export const codeSetTable = ${template(sets)};

/** \`code system URL=code code …\`: HL7's own small vocabularies. */
export const vocabularyTable = ${template(vocabularies)};
`;
}

const nameOf = (line: string): string => line.slice(0, line.indexOf("="));

/** @returns the text of `formats/fhir/generated/tables-r5.ts`: what of R5 differs from R4, for both go into browsers' bundles. */
export async function fhirR5Tables(): Promise<string> {
  const [before, after] = [await r4(), await readRelease(require.resolve("hl7.fhir.r5.examples/package.json"))];
  const changed = (part: "types" | "sets" | "vocabularies", wanted = (_line: string): boolean => true): string => { const same = new Set(before[part]); return template(after[part].filter((line) => !same.has(line) && wanted(line))); };
  const names = new Set(after.types.map(nameOf));
  const accepted = new Set([...acceptedResources, ...acceptedInR5]);
  // Of resources that are no records the names are enough.
  const isRead = (line: string): boolean => { const [root = ""] = nameOf(line).split("."); return accepted.has(root) || !after.resources.has(root); };
  const unread = [...after.resources].filter((name) => !accepted.has(name) && !before.resources.has(name)).sort(byText);
  return `${banner("hl7.fhir.r5.examples@5.0.0 (CC0)")}
/** Types of R4 that R5 does not have. */
export const endedTypes = ${template(before.types.map(nameOf).filter((name) => !names.has(name)))};

/** Resources that are new, and never a record. */
export const unreadTypes = ${template(unread)};

/** The types that are new, or not as in R4: \`type=element:type[*][!][=code set]\`. */
export const typeTableR5 = ${changed("types", isRead)};

/** The code sets that are new, or not as in R4. */
export const codeSetTableR5 = ${changed("sets")};

/** The vocabularies that are new, or not as in R4. */
export const vocabularyTableR5 = ${changed("vocabularies")};
`;
}

/** @returns the text of `formats/dicom/generated/dictionary.ts`. */
export function dicomDictionary(): string {
  const dcmjs = require("dcmjs") as { data: { DicomMetaDictionary: { nameMap: Record<string, { tag: string; vr: string; vm: string; name: string; version: string }> } } };
  const lines = Object.values(dcmjs.data.DicomMetaDictionary.nameMap)
    .filter(({ tag, version }) => version !== "PrivateTag" && /^\([0-9A-F]{4},[0-9A-Fx]{4}\)$/i.test(tag))
    .map(({ tag, vr, vm, name }) => `${tag.slice(1, 5)}${tag.slice(6, 10)}`.toUpperCase() + ` ${vr.slice(0, 2)} ${vm} ${name}`);
  return `${banner("dcmjs@0.51.1 (PS3.6)")}
/** \`GGGGEEEE VR VM Keyword\`, one line an element of the standard; \`X\` stands for any hexadecimal digit. */
export const dictionaryTable = ${template([...new Set(lines)].sort(byText))};
`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const target = process.argv[2] ?? "records";
  await writeFile(join(target, "formats/fhir/generated/tables.ts"), await fhirTables());
  await writeFile(join(target, "formats/fhir/generated/tables-r5.ts"), await fhirR5Tables());
  await writeFile(join(target, "formats/dicom/generated/dictionary.ts"), dicomDictionary());
}
