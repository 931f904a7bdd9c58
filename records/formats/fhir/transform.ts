import { groupedBirthYear, oldestAge, shiftIso } from "../../dates.js";
import type { Pseudonyms } from "../../pseudonym.js";
import { isMeasurement } from "../../numbers.js";
import { invalid } from "../../refuse.js";
import type { Action, ReportBuilder } from "../../report.js";
import { checkFhirCode, isKnownSystem } from "../../terminology/code-systems.js";
import { countries, usStates, zip3 } from "../../terminology/places.js";
import { isUnit } from "../../terminology/units.js";
import { isObject, type Json } from "./patients.js";
import { pseudonymId, remapReference } from "./references.js";
import { ageCodes, allowedExtensions, birthDateCodes, extensionCodes } from "./rules.js";
import { type Element, isText, isType, type Release } from "./types.js";

const extensions = new Set(allowedExtensions);
const extensionValues = new Set(extensionCodes);
const ages = new Set(ageCodes);
const births = new Set(birthDateCodes);
const maxDepth = 60;

const typeRules = new Map<string, string>();
/** @returns the name of the rule that removes a type, made once. */
function typeRule(type: string): string {
  let rule = typeRules.get(type);
  if (rule === undefined) typeRules.set(type, (rule = `fhir.type.${type}`));
  return rule;
}

/** What an element that must be there, but had to go, is replaced with. Source: FHIR R4 data-absent-reason. */
const masked = { extension: [{ url: "http://hl7.org/fhir/StructureDefinition/data-absent-reason", valueCode: "masked" }] };

export interface TransformContext {
  readonly pseudonyms: Pseudonyms;
  readonly report: Pick<ReportBuilder, "format" | "count" | "patient">;
  readonly referenceDate: Date;
  /** @returns the patient whose dates move with this resource's. */
  patientOf(resource: Json): string;
  /** Line in the file, where the format has lines. */
  line?: number;
}

type Mutable = Record<string, unknown>;

/** De-identifies resources, element by element, as the StructureDefinitions say. Throws FORMAT_INVALID on a wrong JSON kind. */
export class FhirTransformer {
  #days = 0;
  /** Elements and codes so far that this release does not have, and the other one has. */
  foreign = 0;

  /** @param other - the release to which a resource may belong instead */
  constructor(readonly context: TransformContext, readonly release: Release, readonly other: Release) {}

  /** @returns the resource as it may leave. */
  resource(value: unknown, where: string, depth = 0): Json {
    if (!isObject(value)) throw this.#invalid("a resource is a JSON object", where);
    const type = value["resourceType"];
    if (typeof type !== "string" || type === "") throw this.#invalid("resourceType is missing", where);
    if (!this.release.accepted.has(type)) throw this.#invalid("the resource type is none that Galen accepts as a record", where);
    const outer = this.#days;
    const patient = depth === 0 || where === "Bundle.entry.resource" ? this.context.patientOf(value) : null;
    if (patient !== null) this.#days = this.context.pseudonyms.dayShift(patient);
    const out: Mutable = { resourceType: type };
    if (value["id"] !== undefined) {
      if (typeof value["id"] !== "string" || value["id"] === "") throw this.#invalid("id is a text", `${type}.id`);
      out["id"] = pseudonymId(this.context.pseudonyms, value["id"]);
      this.#count("fhir.id", "pseudonymised", `${type}.id`);
      if (type === "Patient") this.context.report.patient(String(out["id"]));
    }
    this.#elements(type, value, out, depth, true);
    if (type === "Observation") this.#checkAge(out);
    this.#days = outer;
    return out;
  }

  #elements(type: string, value: Json, out: Mutable, depth: number, isResource: boolean): void {
    if (depth > maxDepth) throw this.#invalid(`nested deeper than ${maxDepth}`, type);
    const elements = this.release.types.get(type);
    if (elements === undefined) throw this.#invalid("a type that FHIR does not define", type);
    for (const name of Object.keys(value)) {
      if (isResource && (name === "resourceType" || name === "id")) continue;
      const element = elements.get(name);
      const given = value[name];
      if (element === undefined) {
        if (this.other.types.get(type)?.has(name) === true) this.foreign += 1;
        // `_name` carries the extensions of a primitive: removed like all extensions, unless it says why a value is absent.
        const kept = name.startsWith("_") && elements.has(name.slice(1)) ? this.#absence(given) : undefined;
        if (kept !== undefined) out[name] = kept;
        else this.#count(name.startsWith("_") ? "fhir.primitive-extension" : "fhir.unknown-element", "removed", type);
        continue;
      }
      if (given === null || given === undefined) throw this.#invalid("null is no value in FHIR JSON", element.path);
      const result = element.many ? this.#list(element, given, depth) : this.#one(element, given, depth);
      if (result !== undefined) out[name] = result;
      else if (element.required) {
        if (isText(element.kind)) out[`_${name}`] = element.many ? [masked] : masked;
        else if (element.kind !== "number" && element.kind !== "boolean") out[name] = element.many ? [masked] : masked;
      }
    }
  }

  #list(element: Element, given: unknown, depth: number): unknown[] | undefined {
    if (!Array.isArray(given)) throw this.#invalid("a repeating element is a JSON array", element.path);
    const list: unknown[] = [];
    for (const item of given as unknown[]) {
      if (item === null && isText(element.kind)) continue;
      const result = this.#one(element, item, depth);
      if (result !== undefined) list.push(result);
    }
    return list.length === 0 ? undefined : list;
  }

  /** @returns undefined when nothing of the element may stay. */
  #one(element: Element, given: unknown, depth: number): unknown {
    const { type, kind, path } = element;
    switch (kind) {
      case "boolean":
        if (typeof given !== "boolean") throw this.#invalid("a boolean is expected", path);
        return this.#keep("fhir.number", path, given);
      case "number":
        if (typeof given !== "number") throw this.#invalid("a number is expected", path);
        if (!isMeasurement(given)) return this.#drop("fhir.number.too-long", path);
        return element.rule === "remove" ? this.#drop("fhir.path", path) : this.#keep("fhir.number", path, given);
      case "date": case "time": case "code": case "text":
        if (typeof given !== "string") throw this.#invalid("a text is expected", path);
        return this.#text(element, given);
      case "resource": {
        // A definition inside a record goes; as the record itself, or an entry of it, it is refused.
        const of = isObject(given) ? given["resourceType"] : undefined;
        if (element.name === "contained" && typeof of === "string" && this.release.types.has(of) && !this.release.accepted.has(of)) return this.#drop("fhir.contained-definition", path);
        return this.resource(given, path, depth + 1);
      }
      default:
    }
    if (!isObject(given)) throw this.#invalid("a JSON object is expected", path);
    if (kind === "removed") return this.#drop(typeRule(type), path);
    if (element.rule === "remove") return this.#drop("fhir.path", path);
    switch (kind) {
      case "extension": return this.#extension(given, path, depth);
      case "coding": return this.#coding(given, path);
      case "address": return this.#address(given, path);
      case "quantity": return this.#quantity(type, given, path);
      default:
    }
    const out: Mutable = {};
    this.#elements(type, given, out, depth + 1, false);
    if (type === "Observation.component") this.#checkAge(out);
    if (Object.keys(out).length > 0) return out;
    // An entry is a record, and none may be lost silently.
    if (type === "Bundle.entry") throw this.#invalid("an entry of a bundle holds no resource, and nothing else that may stay", path);
    return undefined;
  }

  #text(element: Element, text: string): string | undefined {
    const { type, kind, path, codes } = element;
    const { pseudonyms, referenceDate } = this.context;
    switch (element.rule) {
      case "remove": return this.#drop("fhir.path", path);
      case "reference": {
        const renamed = remapReference(pseudonyms, text);
        return renamed === null ? this.#drop("fhir.reference.other", path) : this.#did("fhir.reference", "pseudonymised", path, renamed);
      }
      case "uid": return this.#did("fhir.dicom-uid", "pseudonymised", path, pseudonyms.uid(text.replace(/^urn:oid:/, "")));
      case "pseudonym": return this.#did("fhir.link", "pseudonymised", path, pseudonyms.hex("link", text, 12));
      case "resource-type": return isType(text) ? this.#keep("fhir.resource-type", path, text) : this.#drop("fhir.resource-type", path);
      case "currency": return /^[A-Z]{3}$/.test(text) ? this.#keep("fhir.currency", path, text) : this.#drop("fhir.currency", path);
      case "sampled-data": return /^[\dEUL+\-. ]*$/.test(text) ? this.#keep("fhir.sampled-data", path, text) : this.#drop("fhir.sampled-data", path);
      case "birth-date": {
        const year = groupedBirthYear(text, referenceDate);
        if (year !== null) return this.#did("fhir.age-over-89", "generalised", path, String(year));
        break;
      }
      default:
    }
    if (kind === "date") {
      const moved = shiftIso(text, this.#days);
      return moved === null ? this.#drop("fhir.date.malformed", path) : this.#did("fhir.date", "shifted", path, moved);
    }
    if (kind === "time") return /^\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?$/.test(text) ? this.#keep("fhir.time", path, text) : this.#drop("fhir.time.malformed", path);
    if (kind === "code") {
      if (codes !== null ? codes.has(text) : element.name === "language" && /^[a-z]{2,3}(?:-[A-Z]{2})?$/.test(text)) return this.#keep("fhir.code", path, text);
      if (codes !== null && this.other.types.get(path.slice(0, path.lastIndexOf(".")))?.get(element.name)?.codes?.has(text) === true) this.foreign += 1;
      return this.#drop("fhir.code.unknown", path);
    }
    return this.#drop(typeRule(type), path);
  }

  /** A code stays if its system and form are known; a code of another system becomes a pseudonym, so that equal ones stay equal. */
  #coding(given: Json, path: string): Json | undefined {
    const { system, code, display } = given;
    const out: Mutable = {};
    if (typeof code === "string" && code !== "") {
      const verdict = typeof system === "string" ? checkFhirCode(system, code) : "unknown";
      if (verdict === "known") {
        out["system"] = system;
        out["code"] = this.#keep("fhir.coding", path, code);
      } else if (verdict === "unknown") {
        const { pseudonyms } = this.context;
        out["system"] = `urn:uuid:${pseudonyms.uuid("system", typeof system === "string" ? system : "")}`;
        out["code"] = this.#did("fhir.coding.local", "pseudonymised", path, pseudonyms.hex("code", `${String(system)}|${code}`, 12));
      } else this.#drop("fhir.coding.malformed", path);
    } else if (typeof system === "string" && isKnownSystem(system)) out["system"] = system;
    if (display !== undefined) this.#drop("fhir.coding.display", path);
    if (typeof given["userSelected"] === "boolean") out["userSelected"] = given["userSelected"];
    return out["code"] === undefined && out["system"] === undefined ? undefined : out;
  }

  #quantity(type: string, given: Json, path: string): Json | undefined {
    const { value, comparator, unit, system, code } = given;
    const out: Mutable = {};
    if (value !== undefined) {
      if (typeof value !== "number") throw this.#invalid("a number is expected", `${path}.value`);
      if (!isMeasurement(value)) return this.#drop("fhir.number.too-long", path);
      const years = type === "Age" && (code === "a" || unit === "a" || unit === "yr" || unit === "years" || unit === "year" || code === undefined);
      out["value"] = years && value > oldestAge ? this.#did("fhir.age-over-89", "generalised", path, oldestAge + 1) : this.#keep("fhir.quantity", path, value);
    }
    if (typeof comparator === "string" && ["<", "<=", ">", ">=", "ad"].includes(comparator)) out["comparator"] = comparator;
    if (typeof unit === "string") { if (isUnit(unit)) out["unit"] = this.#keep("fhir.unit", path, unit); else this.#drop("fhir.unit.unknown", path); }
    if (typeof system === "string" && typeof code === "string" && checkFhirCode(system, code) === "known") { out["system"] = system; out["code"] = code; }
    else if (code !== undefined) this.#drop("fhir.unit.unknown", path);
    return Object.keys(out).length === 0 ? undefined : out;
  }

  #address(given: Json, path: string): Json | undefined {
    const out: Mutable = {};
    const { state, country, postalCode } = given;
    if (typeof state === "string" && usStates.has(state)) out["state"] = this.#keep("fhir.address.state", path, state);
    if (typeof country === "string" && countries.has(country)) out["country"] = this.#keep("fhir.address.country", path, country);
    const zip = typeof postalCode === "string" && (country === undefined || country === "US" || country === "USA") ? zip3(postalCode) : null;
    if (zip !== null) out["postalCode"] = this.#did("fhir.address.zip3", "generalised", path, zip);
    this.#drop("fhir.type.Address", path);
    return Object.keys(out).length === 0 ? undefined : out;
  }

  #extension(given: Json, path: string, depth: number): Json | undefined {
    if (depth > maxDepth) throw this.#invalid(`nested deeper than ${maxDepth}`, path);
    const { url } = given;
    if (typeof url !== "string" || !extensions.has(url)) return this.#drop("fhir.extension", path);
    const out: Mutable = { url };
    const { valueCode, valueCoding, valueCodeableConcept, extension } = given;
    if (typeof valueCode === "string" && extensionValues.has(valueCode)) out["valueCode"] = valueCode;
    if (isObject(valueCoding)) { const coding = this.#coding(valueCoding, path); if (coding !== undefined) out["valueCoding"] = coding; }
    if (isObject(valueCodeableConcept)) {
      const concept: Mutable = {};
      this.#elements("CodeableConcept", valueCodeableConcept, concept, depth + 1, false);
      if (Object.keys(concept).length > 0) out["valueCodeableConcept"] = concept;
    }
    if (Array.isArray(extension)) {
      const inner = (extension as unknown[]).filter(isObject).map((item) => this.#extension(item, path, depth + 1)).filter((item) => item !== undefined);
      if (inner.length > 0) out["extension"] = inner;
    }
    return Object.keys(out).length === 1 ? this.#drop("fhir.extension", path) : this.#keep("fhir.extension.allowed", path, out);
  }

  /** Keeps of a primitive's companion only why the value is absent. */
  #absence(given: unknown): unknown {
    if (!isObject(given) || !Array.isArray(given["extension"])) return undefined;
    const reason = (given["extension"] as unknown[]).filter(isObject).find((item) => item["url"] === masked.extension[0]?.url);
    const code = reason?.["valueCode"];
    return typeof code === "string" && extensionValues.has(code) ? { extension: [{ url: masked.extension[0]?.url, valueCode: code }] } : undefined;
  }

  /** An observation that is an age is capped like every age. */
  #checkAge(out: Mutable): void {
    const { code, valueQuantity } = out;
    const codings = isObject(code) && Array.isArray(code["coding"]) ? (code["coding"] as unknown[]).filter(isObject) : [];
    if (codings.some((coding) => births.has(String(coding["code"])))) {
      delete out["valueDateTime"];
      this.#count("fhir.birth-date-observation", "removed", "Observation.valueDateTime");
    }
    if (!codings.some((coding) => ages.has(String(coding["code"])))) return;
    for (const [name, value] of [["valueQuantity", isObject(valueQuantity) ? valueQuantity["value"] : undefined], ["valueInteger", out["valueInteger"]]] as const) {
      if (typeof value !== "number" || value <= oldestAge) continue;
      if (name === "valueInteger") out[name] = oldestAge + 1;
      else (valueQuantity as Mutable)["value"] = oldestAge + 1;
      this.#count("fhir.age-over-89", "generalised", "Observation.value");
    }
  }

  #count(rule: string, action: Action, where: string): void { this.context.report.count(rule, action, where); }
  #drop(rule: string, where: string): undefined { this.#count(rule, "removed", where); return undefined; }
  #keep<T>(rule: string, where: string, value: T): T { this.#count(rule, "kept", where); return value; }
  #did<T>(rule: string, action: Action, where: string, value: T): T { this.#count(rule, action, where); return value; }

  #invalid(reason: string, path: string): Error {
    return invalid(this.context.report.format, reason, { path, ...(this.context.line === undefined ? {} : { line: this.context.line }) });
  }
}
