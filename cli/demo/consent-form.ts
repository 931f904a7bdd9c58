/** The document that the demo's provider shows for the patients' consent. */
export const consentForm = "Consent of the patients to the use of their de-identified records for research. Demo document.\n";
