import type { Invent } from "./invent.js";
import { inCapitals, mark } from "./marked.js";

/** Notes on which the rules were written. What the rules reach is measured on others (`unseen.ts`). */
export const writtenOn: readonly ((make: Invent) => string)[] = [
  (make) => {
    const [p, doc, pcp] = [make.person(), make.person(), make.person()];
    return `DISCHARGE SUMMARY

Patient Name: ${make.full(p)}
MRN: ${make.mrn()}
DOB: ${make.birthDate()}
Admission Date: ${make.date()}
Discharge Date: ${make.date()}
Attending Physician: ${make.full(doc)}, MD
PCP: Dr. ${make.last(pcp)}

CHIEF COMPLAINT: Shortness of breath.

HISTORY OF PRESENT ILLNESS: ${p.female ? "Ms." : "Mr."} ${make.last(p)} is a ${make.oldAge()}-year-old ${p.female ? "female" : "male"} with Parkinson's disease, CHF and COPD who presented to ${make.house()} on ${make.date()} with dyspnea. ${p.female ? "She" : "He"} lives in ${make.townAlone()} with ${p.female ? "her" : "his"} daughter ${make.first(make.person())}.

HOSPITAL COURSE: The patient was started on Lasix 40 mg IV and Zosyn. Foley catheter was placed on ${make.day()}. Glasgow Coma Scale was 15. Strength 5/5 in all extremities. Follow up with Dr. ${make.full(pcp)} at ${make.phone()}.

MEDICATIONS: Lisinopril 10 mg daily, Metoprolol 25 mg BID, Atorvastatin 40 mg QHS, 1/2 tablet of Coumadin.

Dictated by: ${make.full(doc)}, M.D.
DD: ${make.date()}  DT: ${make.date()}
cc: ${make.full(pcp)}, MD; ${make.full(make.person())}, NP
`;
  },
  (make) => {
    const [p, rad] = [make.person(), make.person()];
    return `CT ABDOMEN AND PELVIS WITH CONTRAST
Patient: ${make.lastFirst(p)}    MRN: ${make.mrn()}
Accession #: ${make.id()}
Exam date: ${make.date()} 14:22
Referring: ${make.full(make.person())}, DO

INDICATION: 54 y/o with Crohn's disease, abdominal pain.
COMPARISON: CT from ${make.date()}.
FINDINGS: The liver is unremarkable. There is a 3.2 x 2.1 cm hypodense lesion in segment VI. No hydronephrosis. Mild sigmoid diverticulosis. L4-L5 degenerative change.
IMPRESSION:
1. No acute abnormality.
2. Stable hepatic cyst.
Electronically signed by ${make.full(rad)}, MD on ${make.date()} at 15:10. Results were called to Dr. ${make.last(make.person())} at ${make.phone()}.
`;
  },
  (make) => {
    const [p, nurse] = [make.person(), make.person()];
    return inCapitals(`NURSING NOTE ${make.date()} 0730
PATIENT ${make.full(p)}, MR# ${make.mrn()}, RESTING COMFORTABLY IN BED. ALERT AND ORIENTED X3. DENIES PAIN. LUNGS CLEAR TO AUSCULTATION BILATERALLY. FOLEY DRAINING CLEAR YELLOW URINE. DR. ${make.last(make.person())} AWARE OF K 3.2. WIFE ${make.first(make.person())} AT BEDSIDE, PHONE ${make.phone()}. WILL CONTINUE TO MONITOR.
SIGNED: ${make.full(nurse)} RN
`);
  },
  (make) => {
    const [p, doc, me] = [make.person(), make.person(), make.person()];
    return `${make.house()}
${make.street()}
${make.town()}
Tel: ${make.phone()}   Fax: ${make.phone()}

${make.date()}

RE: ${make.full(p)}, DOB ${make.birthDate()}, SSN ${make.ssn()}

Dear Dr. ${make.last(doc)},

Thank you for referring ${make.full(p)} for evaluation of atrial fibrillation. I saw ${p.female ? "her" : "him"} on ${make.day()}. ${make.first(p)} reports palpitations since ${make.date()}. Home address is ${make.street()}, ${make.town()}. E-mail ${make.email(p)}.

Sincerely,
${make.full(me)}, MD
Pager ${mark("phone", make.digits(5))}
`;
  },
  (make) => {
    const [p, path, surgeon] = [make.person(), make.person(), make.person()];
    return `SURGICAL PATHOLOGY REPORT
Case: ${make.id()}        Client: ${make.house()}
Name: ${make.lastFirst(p)}   Sex: F   Age: 67
Med Rec No: ${make.mrn()}   Account #: ${make.id()}
Collected: ${make.date()}   Received: ${make.date()}   Reported: ${make.date()}
Submitting physician: ${make.full(surgeon)}, M.D.

FINAL DIAGNOSIS
A. Breast, left, core needle biopsy: Invasive ductal carcinoma, Nottingham grade 2.
B. Lymph node, sentinel: Negative for metastatic carcinoma (0/3).

GROSS DESCRIPTION: Received in formalin labeled "${make.last(p)}, left breast" are four cores of tan-yellow tissue measuring 0.2 to 1.4 cm. Entirely submitted in cassettes A1-A3.
COMMENT: ER positive (95%), PR positive (40%), HER2 1+. Ki-67 18%. The case was reviewed with Dr. ${make.full(make.person())}, who concurs. Findings were discussed with Dr. ${make.last(surgeon)} by telephone on ${make.day()}.
${make.full(path)}, MD, PhD
Electronic signature ${make.date()} 4:15 PM
`;
  },
  (make) => {
    const [p, md, rn] = [make.person(), make.person(), make.person()];
    return `ED TRIAGE NOTE
Arrival: ${make.date()} 21:40 via EMS
${make.first(p)} ${make.last(p)} is a 34yo M c/o CP x 2 days. Pt states pain is 8/10, radiates to L arm. Hx of GERD, HTN. NKDA. Meds: omeprazole, HCTZ. BP 152/94 HR 98 RR 18 T 98.6 SpO2 97% RA.
Pt is accompanied by brother ${make.first(make.person())} (cell ${make.phone()}). Employer: ${mark("organisation", "Halvorsen Foods")}.
Works at ${mark("organisation", "Brightwater School")}. Lives at ${make.street()} in ${make.townAlone()}.
EKG shown to Dr ${make.last(md)} at 21:52. Acuity 2.
Triage RN: ${make.full(rn)}
Insurance ID ${make.id()}; driver's license ${mark("id", `D${make.digits(7)}`)}
`;
  },
  (make) => {
    const [p, doc, other] = [make.person(), make.person(), make.person()];
    return `Progress Note - Internal Medicine
Date of Service: ${make.date()}
S: ${p.female ? "Mrs." : "Mr."} ${make.last(p)} feels better today. No chest pain overnight. Walked in the hallway with PT. Appetite improved. ${make.last(p)}'s wife called and was updated.
O: Tmax 99.1, HR 76, BP 118/70. Lungs: crackles at the bases. Heart: RRR, no murmurs. Ext: trace edema. WBC 8.2, Hgb 11.4, Plt 210, Cr 1.3 (from 1.5 on ${make.day()}).
A/P:
1. Community-acquired pneumonia - day 4 of Ceftriaxone/Azithromycin. Blood cx from ${make.day()} no growth.
2. Atrial fibrillation - rate controlled on Diltiazem. Continue Eliquis 5 mg BID.
3. T2DM - Lantus 20 units qHS, sliding scale Humalog.
4. Dispo - likely home ${make.day()} with VNA. Discussed w/ case manager ${make.full(other)}.
${make.full(doc)}, PA-C
Pager #${mark("phone", make.digits(4))}
Addendum ${make.date()} by ${make.full(make.person())} MD: Agree with above. CT head negative in 2019.
`;
  },
  (make) => {
    const [p, a, b] = [make.person(), make.person(), make.person()];
    return `OPERATIVE REPORT

PATIENT:          ${make.full(p)}
MEDICAL RECORD #: ${make.mrn()}
DATE OF BIRTH:    ${make.birthDate()}
DATE OF SURGERY:  ${make.date()}
SURGEON:          ${make.full(a)}, MD
ASSISTANT:        ${make.full(b)}, PA-C
ANESTHESIA:       General endotracheal, Dr. ${make.last(make.person())}

PREOPERATIVE DIAGNOSIS: Acute cholecystitis.
PROCEDURE: Laparoscopic cholecystectomy with intraoperative cholangiogram.
DESCRIPTION OF PROCEDURE: After informed consent was obtained from ${make.full(p)}, the patient was brought to the operating room. A Veress needle was introduced. The Hasson trocar was placed. Calot's triangle was dissected. Kelly clamps and a Maryland dissector were used. The gallbladder was removed in an Endo Catch bag. Steri-Strips were applied. EBL 20 mL.
IMPLANT: mesh, lot ${make.id()}, serial number ${mark("id", `SN${make.digits(7)}`)}
Dr. ${make.last(a)} was present for the entire procedure.
`;
  },
  (make) => {
    const p = make.person();
    return `phone note ${make.date()}
pt ${make.full(p).toLowerCase()} called re: refill of metoprolol. dob ${make.birthDate()}. callback ${make.phone()}. pharmacy is walgreens. spoke with dr. ${make.last(make.person()).toLowerCase()} who approved 90 day supply. pt denies dizziness, syncope, or chest pain. appt on ${make.day()} with np ${make.last(make.person()).toLowerCase()}. verbalized understanding.
`;
  },
  (make) => {
    const [p, t] = [make.person(), make.person()];
    return `PHYSICAL THERAPY EVALUATION
Pt: ${make.full(p)} | Room 412B | MRN ${make.mrn()} | Eval date ${make.date()}
Referring MD: ${make.last(make.person())}
History: Pt is POD #2 s/p R THA. Prior level of function: independent. Lives w/ husband, ${make.first(make.person())}, in 2-story home in ${make.townAlone()}. Daughter ${make.full(make.person())} (${make.phone()}) will assist.
Berg Balance 41/56. TUG 18 sec. MMT: hip flexors 3/5, quads 4/5. Gait: 40 ft with RW, min A.
Goals: ambulate 150 ft by ${make.day()}.
${make.full(t)}, PT, DPT  License # ${make.id()}
| Date | Sets | Reps | Initials |
| ${make.date()} | 2 | 10 | ${mark("name", "KO/md")} |
`;
  },
];
