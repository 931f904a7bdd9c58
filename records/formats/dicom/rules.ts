/**
 * What may leave a DICOM file: the Basic Application Level Confidentiality Profile of PS3.15 annex E with the options named in
 * `methodCodes`, and, stricter than the profile, no text and no code string that is not listed here.
 */

/** Options of annex E that are applied: what their columns of table E.1-1 say goes before the Basic Profile. */
export const options = { modifiedDates: true, patientCharacteristics: true, device: false } as const;

/** De-identification Method Code Sequence. Source: PS3.16 CID 7050. */
export const methodCodes = [
  ["113100", "Basic Application Confidentiality Profile"],
  ["113105", "Clean Descriptors Option"],
  ["113107", "Retain Longitudinal Temporal Information Modified Dates Option"],
  ["113108", "Retain Patient Characteristics Option"],
] as const;

/** Attributes of VR OB, OW, OF, OD, OL, OV that stay: samples and tables of numbers. All other bulk data is removed. */
export const bulkTags = ["7FE00010", "7FE00008", "7FE00009", "00281201", "00281202", "00281203", "00281204", "00281221", "00281222", "00281223", "00283006", "54001010", "00281408"];

/** Makers' names, found inside the text and written in this form; any other text of Manufacturer is removed. */
export const manufacturers = "SIEMENS|GE MEDICAL SYSTEMS|PHILIPS|TOSHIBA|CANON|HITACHI|FUJIFILM|AGFA|CARESTREAM|KODAK|HOLOGIC|SAMSUNG|SHIMADZU|BRUKER|VARIAN|ELEKTA|ESAOTE|MINDRAY|UNITED IMAGING|KONICA|PICKER|MARCONI|ADAC|ACUSON|ATL".split("|");

/** Values of VR CS that stay, whatever the attribute. Source: enumerated values and defined terms of PS3.3, body parts of PS3.16 annex L. */
export const codeStrings = new Set((
  "YES NO Y N NONE UNKNOWN ROW COL COLUMN NORMAL LOW HIGH MIXED MONOCHROME COLOR DISTORTED WORLD M F O L R B U A P H S HF HFP HFS HFDR HFDL FFP FFS FFDR FFDL AP PA LL RL LLD RLD LLO RLO LAT OBLIQUE "
  + "ORIGINAL DERIVED PRIMARY SECONDARY AXIAL LOCALIZER SAGITTAL CORONAL MPR MIP MINIP PROJECTION|IMAGE VOLUME RESAMPLED REFORMATTED AVERAGE STATIC DYNAMIC GATED WHOLE|BODY TOMO RECON EMISSION TRANSMISSION OTHER SINGLE|PLANE BIPLANE|A BIPLANE|B "
  + "M FFE SE IR GR EP RM SK MTC SS TRSS SP MP OSP PER RG CG PPG FC PFF PFP FS 2D 3D R I PHASE|MAP MAGNITUDE REAL IMAGINARY M_SE M_FFE M_IR T1 T2 DIFFUSION ADC PERFUSION NORM DIS2D DIS3D ND FM FIL MOSAIC CSA|MPR SUB "
  + "CR CT MR US NM PT PET DX MG XA RF ES OP OT SC SM GM XC IO PX RG RTIMAGE RTDOSE RTSTRUCT RTPLAN SR ECG EPS HD IVUS OCT OPT BI CD DG LS ST TG DOC PR KO SEG REG "
  + "MONOCHROME1 MONOCHROME2 RGB PALETTE|COLOR YBR_FULL YBR_FULL_422 YBR_PARTIAL_420 YBR_ICT YBR_RCT ISO_2022_422 "
  + "ISO_IR|6 ISO_IR|13 ISO_IR|100 ISO_IR|101 ISO_IR|109 ISO_IR|110 ISO_IR|126 ISO_IR|127 ISO_IR|138 ISO_IR|144 ISO_IR|148 ISO_IR|149 ISO_IR|166 ISO_IR|192 GB18030 GBK "
  + "IDENTITY LIN LOG DISP LINEAR LINEAR_EXACT SIGMOID US HU OD PCT CNTS PROPCNTS BQML GML STD CM2ML UMLML MGMINML "
  + "FULL MODIFIED 01 00 ISO_10918_1 ISO_14495_1 ISO_15444_1 JPEG_LOSSY "
  + "ATTN DECY SCAT DTIM MOTN DCAL NORM RAN START ADMIN ENERGY DIAMETER HEAD BODY SMALL LARGE FILM DRUM|SCAN DV DI WSD SD SI SYN "
  + "ABDOMEN ABDOMENPELVIS ADRENAL ANKLE AORTA ARM AXILLA BACK BLADDER BONE BOWEL BRAIN BREAST BRONCHUS BUTTOCK CALCANEUS CALF CARDIAC CAROTID CEREBELLUM CERVIX CHEEK CHEST CHESTABDOMEN CHESTABDPELVIS CIRCLEOFWILLIS CLAVICLE COCCYX COLON CORNEA CORONARYARTERY "
  + "CSPINE CTSPINE DUODENUM EAR ELBOW ESOPHAGUS EXTREMITY EYE EYELID FACE FEMUR FINGER FOOT GALLBLADDER HAND HEAD HEADNECK HEART HIP HUMERUS ILEUM ILIUM IAC JAW JEJUNUM KIDNEY KNEE LARYNX LEG LIVER LSPINE LSSPINE LUNG MANDIBLE MAXILLA MEDIASTINUM MOUTH "
  + "NECK NECKCHEST NECKCHESTABDOMEN NOSE ORBIT OVARY PANCREAS PAROTID PATELLA PELVIS PENIS PHARYNX PROSTATE RECTUM RIB RIBS SCALP SCAPULA SCLERA SCROTUM SHOULDER SINUS SKULL SPINE SPLEEN SSPINE STERNUM STOMACH SUBMANDIBULAR TESTIS THIGH THORAX THUMB THYMUS THYROID TIBIA "
  + "TLSPINE TMJ TOE TONGUE TRACHEA TSPINE ULNA URETER URETHRA UTERUS VAGINA VULVA WHOLEBODY WRIST ZYGOMA TOOTH SKIN LUMBAR CERVICAL THORACIC"
).split(" ").map((value) => value.replaceAll("|", " ")));

/** SOP classes that hold documents or drawings of text, by prefix: refused, for their text cannot be cleaned with certainty. */
export const refusedClasses = [
  ["1.2.840.10008.5.1.4.1.1.104.", "encapsulated documents"],
  ["1.2.840.10008.5.1.4.1.1.88.", "structured reports"],
] as const;

/** SOP classes that have no pixels, by prefix: waveforms, radiotherapy objects, presentation states, registrations. All others are images, and a file of theirs without pixels is damaged. */
export const pixellessClasses = ["1.2.840.10008.5.1.4.1.1.9.", "1.2.840.10008.5.1.4.1.1.11.", "1.2.840.10008.5.1.4.1.1.66", "1.2.840.10008.5.1.4.1.1.67", "1.2.840.10008.5.1.4.1.1.481.3", "1.2.840.10008.5.1.4.1.1.481.4", "1.2.840.10008.5.1.4.1.1.481.5", "1.2.840.10008.5.1.4.1.1.481.6", "1.2.840.10008.5.1.4.1.1.481.7", "1.2.840.10008.5.1.4.1.1.481.8", "1.2.840.10008.5.1.4.1.1.481.9", "1.2.840.10008.5.1.4.1.1.4.2"];

/** SOP classes and modalities whose pixels often carry names: unless BurnedInAnnotation is NO, text is looked for in them and blanked; where it cannot be, they are refused. */
export const burnedInClasses = ["1.2.840.10008.5.1.4.1.1.7", "1.2.840.10008.5.1.4.1.1.7.1", "1.2.840.10008.5.1.4.1.1.7.2", "1.2.840.10008.5.1.4.1.1.7.3", "1.2.840.10008.5.1.4.1.1.7.4"];
export const burnedInModalities = ["US", "IVUS", "ES", "XC", "OT", "SC"];

/** Uncompressed pixels in which text can be looked for, if they are of 8 or 16 bits, and at most this many frames. */
export const readablePhotometrics = ["MONOCHROME1", "MONOCHROME2", "RGB"];
export const maxReadFrames = 16;

/** What `methodCodes` says further of a file whose pixels were looked at. Source: PS3.16 CID 7050. */
export const cleanPixelCode = ["113101", "Clean Pixel Data Option"] as const;

/** Transfer syntaxes that the parser reads, with how their data set is written and whether pixels come in fragments. */
export const transferSyntaxes: Readonly<Record<string, { implicit?: boolean; bigEndian?: boolean; deflated?: boolean; encapsulated?: boolean }>> = {
  "1.2.840.10008.1.2": { implicit: true },
  "1.2.840.10008.1.2.1": {},
  "1.2.840.10008.1.2.1.99": { deflated: true },
  "1.2.840.10008.1.2.2": { bigEndian: true },
  ...Object.fromEntries(
    "4.50 4.51 4.52 4.53 4.54 4.55 4.56 4.57 4.58 4.59 4.60 4.61 4.62 4.63 4.64 4.65 4.66 4.70 4.80 4.81 4.90 4.91 4.92 4.93 4.100 4.101 4.102 4.103 4.104 4.105 4.106 4.201 4.202 4.203 5"
      .split(" ").map((end) => [`1.2.840.10008.1.2.${end}`, { encapsulated: true }]),
  ),
};

/** What replaces the file's own. A UID of our own under 2.25 and a name. */
export const implementation = { uid: "2.25.128931562034718243902351187046132907514", version: "GALEN_1" } as const;
