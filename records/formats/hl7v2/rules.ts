/**
 * What may leave an HL7v2 message: fields that are listed here, by the rule that stands beside them. A field or segment that is
 * not listed is removed. Source: HL7 v2.5.1 chapters 2–8 (fields and tables), 45 CFR 164.514(b)(2).
 *
 * - `si` a counter · `num` a number · `ts` a time stamp, shifted · `dr` a range of two · `birth` a birth date, grouped over 89
 * - `patient` an identifier of the patient · `id` another identifier: both become pseudonyms
 * - `code` a coded value (CE, CWE): code and system stay if known, a local code becomes a pseudonym, texts go
 * - `t0001` a code of that HL7 table · `unit`, `range`, `subid`, `version`, `message`, `event` by their form
 * - `type` the data type of OBX-5 · `value` OBX-5, by the type that OBX-2 names · `address` state, country and three digits of the postcode
 */
export const segmentRules: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  FHS: { 7: "ts" }, BHS: { 7: "ts" }, BTS: { 1: "si" }, FTS: { 1: "si" },
  MSH: { 7: "ts", 9: "message", 10: "id", 11: "t0103", 12: "version", 15: "t0155", 16: "t0155" },
  EVN: { 1: "event", 2: "ts", 3: "ts", 6: "ts" },
  MSA: { 1: "t0008", 2: "id" },
  PID: { 1: "si", 3: "patient", 7: "birth", 8: "t0001", 10: "code", 11: "address", 15: "code", 16: "t0002", 22: "code", 24: "t0136", 25: "si", 29: "ts", 30: "t0136" },
  MRG: { 1: "patient" },
  NK1: { 1: "si", 3: "code" },
  PV1: { 1: "si", 2: "t0004", 4: "t0007", 10: "t0069", 13: "t0092", 14: "t0023", 18: "t0018", 19: "id", 36: "t0112", 44: "ts", 45: "ts" },
  PV2: { 3: "code", 8: "ts", 9: "ts", 10: "si", 11: "si" },
  DG1: { 1: "si", 3: "code", 5: "ts", 6: "t0052", 15: "si" },
  DRG: { 1: "code", 2: "ts" },
  PR1: { 1: "si", 3: "code", 5: "ts", 6: "t0230", 7: "num", 15: "code" },
  AL1: { 1: "si", 2: "t0127", 3: "code", 4: "t0128", 6: "ts" },
  IAM: { 1: "si", 2: "code", 3: "code", 4: "t0128", 6: "t0323", 11: "ts", 13: "ts", 17: "code" },
  ORC: { 1: "t0119", 2: "id", 3: "id", 4: "id", 5: "t0038", 9: "ts", 15: "ts" },
  OBR: { 1: "si", 2: "id", 3: "id", 4: "code", 6: "ts", 7: "ts", 8: "ts", 9: "num", 11: "t0065", 14: "ts", 15: "code", 22: "ts", 24: "t0074", 25: "t0123", 36: "ts", 44: "code" },
  OBX: { 1: "si", 2: "type", 3: "code", 4: "subid", 5: "value", 6: "unit", 7: "range", 8: "t0078", 9: "num", 10: "t0080", 11: "t0085", 12: "ts", 14: "ts", 17: "code", 19: "ts" },
  NTE: { 1: "si", 2: "t0105" },
  SPM: { 1: "si", 2: "id", 4: "code", 5: "code", 6: "code", 7: "code", 8: "code", 9: "code", 11: "code", 12: "num", 17: "dr", 18: "ts", 20: "t0136" },
  TQ1: { 1: "si", 2: "num", 7: "ts", 8: "ts", 9: "code" },
  RXA: { 1: "si", 2: "si", 3: "ts", 4: "ts", 5: "code", 6: "num", 7: "code", 8: "code", 16: "ts", 17: "code", 18: "code", 20: "t0322", 21: "t0323", 22: "ts" },
  RXR: { 1: "code", 2: "code", 3: "code", 4: "code" },
  RXO: { 1: "code", 2: "num", 3: "num", 4: "code", 5: "code", 11: "num", 12: "code", 13: "si" },
  RXE: { 2: "code", 3: "num", 4: "num", 5: "code", 6: "code", 10: "num", 11: "code", 12: "si" },
  RXD: { 1: "si", 2: "code", 3: "ts", 4: "num", 5: "code", 6: "code" },
  RXC: { 1: "t0166", 2: "code", 3: "num", 4: "code" },
  FT1: { 1: "si", 4: "ts", 5: "ts", 6: "t0017", 7: "code", 10: "num", 19: "code", 25: "code" },
  TXA: { 1: "si", 2: "t0270", 3: "t0191", 4: "ts", 6: "ts", 7: "ts", 17: "t0271", 19: "t0275" },
  ACC: { 1: "ts", 2: "code" },
  CTI: { 1: "id" },
};

/** Segments of the standard that are removed whole, so that the report may name them. Any other is only counted. */
export const removedSegments = "ABS ADD AFF AIG AIL AIP AIS APR ARQ ARV AUT BLC BLG CDM CER CM0 CM1 CM2 CNS CON CSP CSR CSS CTD DB1 DSC DSP EDU EQP ERR FAC GOL GP1 GP2 GT1 IIM IN1 IN2 IN3 INV IPR ISD LAN LCC LCH LDP LOC LRL MFA MFE MFI NCK NDS NPU NSC NST ODS ODT OM1 OM2 OM3 OM4 OM5 OM6 OM7 ORG OVR PCR PD1 PDA PDC PEO PES PRA PRB PRC PRD PSH PTH PV3 QAK QID QPD QRD QRF QRI RCP RDF RDT RF1 RGS RGV ROL RQ1 RQD RXG SAC SCH SFT SID STF TCC TCD TQ2 UB1 UB2 URD URS VAR VTQ".split(" ");

/** Data types that OBX-2 may name. Source: HL7 v2 table 0125 and its forerunners. */
export const valueTypes = "AD CF CK CN CE CWE CNE CP CX DR DT DTM ED FT ID IS MA MO NA NM PN RP SN ST TM TN TS TX XAD XCN XON XPN XTN".split(" ");

/** Results in words that stay in OBX-5 of type ST; any other text is removed. Lower case. */
export const resultWords = (
  "positive negative pos neg normal abnormal reactive nonreactive non-reactive detected indeterminate equivocal borderline trace none few moderate many rare small large clear cloudy hazy turbid "
  + "yellow amber straw red brown colorless present absent yes no y n high low + ++ +++ ++++ - +/- 1+ 2+ 3+ 4+ a b ab o a+ a- b+ b- ab+ ab- o+ o- growth no-growth sensitive resistant intermediate s r i"
).split(" ").concat(["not detected", "no growth", "a positive", "a negative", "b positive", "b negative", "ab positive", "ab negative", "o positive", "o negative", "none seen", "not seen", "light growth", "moderate growth", "heavy growth"]);
