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
];
