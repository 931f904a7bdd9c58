/**
 * What may leave a FHIR record. Default-deny: the elements come from the StructureDefinitions; numbers and booleans stay, dates are
 * shifted, coded values stay if their code system and code are known, and every other text is removed unless a rule here says more.
 * Source: 45 CFR 164.514(b)(2) (Safe Harbor), HL7 FHIR R4 §6.1 (security), StructureDefinitions of R4 and R5.
 */

/** Resources about patients, and those that they refer to. Definitions, conformance and messaging are no records: refused. */
export const acceptedResources = (
  "Account AdverseEvent AllergyIntolerance Appointment AppointmentResponse AuditEvent Basic BiologicallyDerivedProduct BodyStructure Bundle CarePlan CareTeam "
  + "ChargeItem Claim ClaimResponse ClinicalImpression Communication CommunicationRequest Composition Condition Consent Contract Coverage CoverageEligibilityRequest "
  + "CoverageEligibilityResponse DetectedIssue Device DeviceMetric DeviceRequest DeviceUseStatement DiagnosticReport DocumentManifest DocumentReference Encounter "
  + "EnrollmentRequest EnrollmentResponse EpisodeOfCare ExplanationOfBenefit FamilyMemberHistory Flag Goal Group GuidanceResponse HealthcareService ImagingStudy Immunization "
  + "ImmunizationEvaluation ImmunizationRecommendation InsurancePlan Invoice Linkage List Location MeasureReport Media Medication MedicationAdministration MedicationDispense "
  + "MedicationRequest MedicationStatement MolecularSequence NutritionOrder Observation Organization OrganizationAffiliation Patient PaymentNotice PaymentReconciliation Person "
  + "Practitioner PractitionerRole Procedure Provenance QuestionnaireResponse RelatedPerson RequestGroup ResearchStudy ResearchSubject RiskAssessment Schedule ServiceRequest Slot "
  + "Specimen Substance SupplyDelivery SupplyRequest Task VisionPrescription OperationOutcome MessageHeader Binary Endpoint"
).split(" ");

/** The same of the resources that R5 added. */
export const acceptedInR5 = (
  "BiologicallyDerivedProductDispense DeviceAssociation DeviceDispense DeviceUsage EncounterHistory GenomicStudy ImagingSelection NutritionIntake RequestOrchestration Transport"
).split(" ");

/** Types that are removed whole, whatever they hold. */
export const removedTypes = [
  "HumanName", "ContactPoint", "ContactDetail", "Identifier", "Attachment", "Annotation", "Signature", "Narrative", "Contributor", "ExtendedContactDetail", "VirtualServiceDetail",
  "RelatedArtifact", "Expression", "xhtml", "base64Binary", "markdown", "Bundle.link",
];

/** Elements with a rule of their own, by path. */
export const pathRules: Readonly<Record<string, "reference" | "pseudonym" | "uid" | "birth-date" | "remove" | "resource-type" | "language" | "currency" | "sampled-data">> = {
  "Reference.reference": "reference",
  "Bundle.entry.fullUrl": "reference",
  "Bundle.entry.request.url": "reference",
  "Bundle.entry.response.location": "reference",
  "Reference.type": "resource-type",
  "Patient.birthDate": "birth-date",
  "RelatedPerson.birthDate": "birth-date",
  "Person.birthDate": "birth-date",
  "Practitioner.birthDate": "remove",
  "FamilyMemberHistory.bornDate": "birth-date",
  "Location.position": "remove",
  "Meta.profile": "remove",
  "ImagingStudy.series.uid": "uid",
  "ImagingStudy.series.instance.uid": "uid",
  "ImagingSelection.studyUid": "uid",
  "ImagingSelection.seriesUid": "uid",
  "ImagingSelection.frameOfReferenceUid": "uid",
  "ImagingSelection.instance.uid": "uid",
  "QuestionnaireResponse.item.linkId": "pseudonym",
  "SampledData.data": "sampled-data",
  "Money.currency": "currency",
};

/** Extensions that stay; those nested in them follow the same rules. All others are removed. */
export const allowedExtensions = [
  "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
  "http://hl7.org/fhir/us/core/StructureDefinition/us-core-race",
  "http://hl7.org/fhir/us/core/StructureDefinition/us-core-ethnicity",
  "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex",
  "http://hl7.org/fhir/StructureDefinition/patient-genderIdentity",
  "http://hl7.org/fhir/StructureDefinition/condition-dueTo",
  "http://hl7.org/fhir/StructureDefinition/observation-bodyPosition",
  "ombCategory", "detailed",
];

/** Values that a `valueCode` of an allowed extension may have. */
export const extensionCodes = ["M", "F", "UNK", "OTH", "unknown", "asked-unknown", "masked", "not-applicable", "unsupported", "not-performed", "error", "not-a-number"];

/** LOINC codes of an age in years: the value is capped like every age. */
export const ageCodes = ["30525-0", "21612-7", "29553-5", "63900-5", "35659-2", "39016-1"];

/** LOINC codes of a birth date as an observation: its value is removed. */
export const birthDateCodes = ["21112-8"];

/** Elements that name the patient of a resource, in the order in which they are tried. */
export const patientElements = ["patient", "subject", "beneficiary", "individual", "for", "subscriber", "candidate"];
