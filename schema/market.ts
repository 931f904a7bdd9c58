/** Codes that the contract, the database and the API share. The numbers are on the chain: never change one. */

/** What a listing's payload is, told by its format. */
export enum DataKind {
  FHIR = 1,
  HL7V2 = 2,
  TABULAR = 3,
  DICOM = 4,
  NOTE = 5,
  IMAGE = 6,
  MIXED = 7,
}

/** Role bits of a participant. */
export enum Role {
  PROVIDER = 1,
  BUYER = 2,
  AUDITOR = 4,
  RELAYER = 8,
  DELIVERER = 16,
  ANCHORER = 32,
  CUSTODIAN = 64,
}

/** What kind of institution (or person) a participant is. */
export enum ParticipantKind {
  RESEARCH_INSTITUTION = 1,
  HOSPITAL = 2,
  UNIVERSITY = 3,
  ENTERPRISE = 4,
  PATIENT = 5,
  PLATFORM = 6,
}

/**
 * Purposes of use, as bits of a listing's consent mask.
 * Source: GA4GH Data Use Ontology; the DUO id stands beside each.
 */
export enum Purpose {
  /** DUO:0000042 general research use */
  GENERAL_RESEARCH = 1,
  /** DUO:0000006 health, medical or biomedical research */
  HEALTH_MEDICAL_BIOMEDICAL = 2,
  /** DUO:0000007 disease specific research */
  DISEASE_SPECIFIC = 4,
  /** DUO:0000011 population origins or ancestry research */
  POPULATION_ANCESTRY = 8,
  /** opposite of DUO:0000015, no general methods research */
  METHODS_DEVELOPMENT = 16,
  /** DUO:0000043 clinical care use */
  CLINICAL_CARE = 32,
  /** opposite of DUO:0000046, non-commercial use only */
  COMMERCIAL = 64,
}

export enum ListingStatus {
  PENDING = "PENDING",
  APPROVED = "APPROVED",
  REJECTED = "REJECTED",
  DELISTED = "DELISTED",
}

export enum OrderStatus {
  PAID = "PAID",
  DELIVERED = "DELIVERED",
  DISPUTED = "DISPUTED",
  SETTLED = "SETTLED",
  REFUNDED = "REFUNDED",
}

/** @returns the names of the bits set in `mask`, lowest first. Unknown bits are left out. */
export function bitNames(flags: Record<string, string | number>, mask: number): string[] {
  return Object.entries(flags)
    .filter((entry): entry is [string, number] => typeof entry[1] === "number" && (mask & entry[1]) !== 0)
    .sort((a, b) => a[1] - b[1])
    .map(([name]) => name);
}
