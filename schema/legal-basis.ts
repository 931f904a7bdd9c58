/** Why a provider may offer records (`app.upload.legal_basis_code`). */
export enum LegalBasis {
  CONSENT = "CONSENT",
  LAW = "LAW",
  ETHICS_APPROVAL = "ETHICS_APPROVAL",
}
