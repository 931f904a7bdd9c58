import type { SignedManifest } from "../crypto/manifest.js";
import type { DeidentificationReport, Profile } from "../records/index.js";
import type { Upload } from "../schema/entities/upload.js";
import { AppError } from "../schema/errors.js";
import { UploadMode } from "../schema/upload-mode.js";
import type { StoredPrediction } from "./price-upload.js";

/** Counts below this are not published: few of something may point at somebody. */
const smallCell = 5;
/** Longest lists that are published. */
const listLength = 32;

/** What a listing tells about its data: public for ever, so nothing personal and no free text of the provider's. Plain JSON. */
export interface ListingMetadata {
  version: 1;
  title: string;
  format: string;
  suite: string;
  /** Bytes: of the decrypted file, and of the stored object. */
  size: { plain: number; stored: number };
  profile: PublishedProfile;
  /** `by`: whose word it is, the platform's or, in client-side mode, the provider's. */
  deidentification: { by: "PLATFORM" | "PROVIDER"; rulesVersion: string; rulesHash: string; totals: DeidentificationReport["totals"] };
  /** What predicted the interval that stands on the chain beside this document's hash. The model's hash, on the chain too, covers the calibration. */
  price: { modelHash: string; calibrationId: string };
  manifest: SignedManifest;
}

interface PublishedCount {
  name: string;
  /** Null below five. */
  count: number | null;
}

interface PublishedProfile {
  recordCount: number;
  /** Null where the format names no patient, or fewer than five. */
  patientCount: number | null;
  modalities: readonly string[];
  resourceTypes: PublishedCount[];
  codeSystems: PublishedCount[];
  topConditions: readonly { system: string; code: string; count: number }[];
  completeness: number;
  spanYears: number;
  newestYear: number | null;
  image: Profile["image"];
}

/** @throws AppError CONFLICT if the upload has not come so far. */
export function listingMetadata(upload: Upload, manifest: SignedManifest): ListingMetadata {
  const profile = upload.profile as Profile | null;
  const report = upload.report as DeidentificationReport | null;
  const prediction = upload.prediction as StoredPrediction | null;
  if (profile === null || report === null || prediction === null) throw new AppError("CONFLICT", "The upload is not profiled yet.");
  const { rulesVersion, rulesHash, totals } = report;
  return {
    version: 1,
    title: title(profile),
    format: profile.format,
    suite: manifest.body.suite,
    size: { plain: manifest.body.plainSize, stored: manifest.body.storedSize },
    profile: publish(profile),
    deidentification: { by: upload.mode === String(UploadMode.CLIENT_SIDE) ? "PROVIDER" : "PLATFORM", rulesVersion, rulesHash, totals },
    price: { modelHash: prediction.modelHash, calibrationId: prediction.calibrationId },
    manifest,
  };
}

function publish(profile: Profile): PublishedProfile {
  const suppress = (name: string, count: number): PublishedCount => ({ name, count: count < smallCell ? null : count });
  const { recordCount, modalities, completeness, spanYears, newestYear, image } = profile;
  return {
    recordCount,
    patientCount: profile.patientCountSuppressed || profile.patientCount < smallCell ? null : profile.patientCount,
    modalities,
    resourceTypes: profile.resourceTypes.slice(0, listLength).map(({ name, count }) => suppress(name, count)),
    codeSystems: profile.codeSystems.slice(0, listLength).map(({ system, count }) => suppress(system, count)),
    topConditions: profile.topConditions.filter(({ count }) => count >= smallCell).slice(0, listLength),
    completeness,
    spanYears,
    newestYear,
    image,
  };
}

const names: Record<Profile["format"], string> = { FHIR_JSON: "FHIR bundle", FHIR_NDJSON: "FHIR export", HL7V2: "HL7 v2 messages", CSV: "Table", DICOM: "DICOM image", IMAGE: "Image", NOTE: "Clinical note", ARCHIVE: "Record set" };

/** e.g. "FHIR bundle: laboratory, conditions and 2 more; 120 records". */
function title({ format, modalities, recordCount }: Profile): string {
  const words = modalities.map((name) => name.replace("IMAGING:", "").toLowerCase().replaceAll("_", " "));
  const shown = words.slice(0, 3).join(", ");
  const more = words.length > 3 ? ` and ${words.length - 3} more` : "";
  return `${names[format]}${shown === "" ? "" : `: ${shown}${more}`}; ${recordCount} ${recordCount === 1 ? "record" : "records"}`;
}
