/** What a record's bytes are, told by their content. `CSV` covers tabs and semicolons too; `IMAGE` is PNG, JPEG and TIFF, `NOTE` is free text, `ARCHIVE` is ZIP, TAR, what gzip packed, and PDF, which holds pages. */
export type RecordFormat = "FHIR_JSON" | "FHIR_NDJSON" | "HL7V2" | "CSV" | "DICOM" | "IMAGE" | "NOTE" | "ARCHIVE";

/** The formats of one file. */
export type FileFormat = Exclude<RecordFormat, "ARCHIVE">;

/** Opens the bytes from the start, each time it is called: some formats are read twice. */
export type RecordSource = () => AsyncIterable<Uint8Array>;

export interface RecordOptions {
  /** Largest accepted input, in bytes. Default 50 GiB. */
  readonly maxBytes?: number;
  /** Takes free-text notes, whose identifiers are found by rules and not by structure: some may be overlooked. Default: they are refused. */
  readonly notes?: boolean;
}

/** What parsing the whole file told. */
export interface RecordValidation {
  readonly format: RecordFormat;
  /** Size of the input in bytes. */
  readonly bytes: number;
  /** Resources, messages, rows or images. */
  readonly records: number;
  /** The formats of an archive's members; of another file, its own. */
  readonly contents: readonly RecordFormat[];
}
