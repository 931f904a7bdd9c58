import { AppError } from "../../../schema/errors.js";
import { ReportBuilder } from "../../report.js";
import { isObject, type Json } from "./patients.js";
import { FhirTransformer, type TransformContext } from "./transform.js";
import { type Release, releases } from "./types.js";

type Attempt = { readonly out: Json; readonly foreign: number } | { readonly error: AppError };

/**
 * De-identifies resources of R4 and R5. A resource does not say which release it is of, so it is read by the one that the resource before it was of, and by the other
 * if the first refuses it, or does not have what the other has. Each reading is default-deny by its own definitions, so what comes out one release or the other allows.
 */
export class ResourceReader {
  #release: Release = releases.r4;

  constructor(readonly context: Omit<TransformContext, "report"> & { readonly report: ReportBuilder }) {}

  /** @returns the resource as it may leave. Throws FORMAT_INVALID by the definitions of R4, if it has the type, else by those of R5. */
  read(value: unknown): Json {
    const first = this.#release;
    const other = first === releases.r4 ? releases.r5 : releases.r4;
    const { report } = this.context;
    const attempt = this.#attempt(value, first, other, report);
    if ("out" in attempt && attempt.foreign === 0) return this.#told(first, attempt.out);
    const apart = new ReportBuilder(report.format);
    const second = this.#attempt(value, other, first, apart);
    if ("out" in second && ("error" in attempt || second.foreign < attempt.foreign)) {
      // The same reading again, counted backwards: cheaper than to count each resource apart for the few that need it.
      this.#attempt(value, first, other, { format: report.format, patient: () => undefined, count: (rule, action, where, by = 1) => { report.count(rule, action, where, -by); } });
      report.absorb(apart);
      this.#release = other;
      return this.#told(other, second.out);
    }
    if ("out" in attempt) return this.#told(first, attempt.out);
    // Both refuse it; one of them does so for all resources of the type.
    const type = isObject(value) ? String(value["resourceType"]) : "";
    const told = !releases.r4.accepted.has(type) && releases.r5.accepted.has(type) ? releases.r5 : releases.r4;
    throw told === first || "out" in second ? attempt.error : second.error;
  }

  #told(release: Release, out: Json): Json {
    if (release === releases.r5) this.context.report.count("fhir.release.R5", "kept", String(out["resourceType"]));
    return out;
  }

  #attempt(value: unknown, release: Release, other: Release, report: TransformContext["report"]): Attempt {
    const transformer = new FhirTransformer({ ...this.context, report }, release, other);
    try { return { out: transformer.resource(value, "Resource"), foreign: transformer.foreign }; }
    catch (error) {
      if (error instanceof AppError) return { error };
      throw error;
    }
  }
}
