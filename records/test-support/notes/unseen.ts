import { Invent, type Pools } from "./invent.js";
import { inCapitals, mark } from "./marked.js";

/** Other people and places again. */
const pools: Pools = {
  women: "Karen Donna Cynthia Amaka Ngozichukwu Yetunde Abimbola Wambui Achieng Nomvula Safiya Mehrunisa Roxana Niloufar Lusine Siranush Ketevan Natia Halyna Iryna Jolanta Agnieszka Tijana Milica Brunhilde Friederike Astrid Sigrún Tuulikki Marjatta Phương Ngọc Hye-Jin Soo-Ah Michiko Natsumi Xiuying Mei-Hua Esperanza Inmaculada Marisela Citlali Kahealani Tehani Devorah Bracha Philippa Olive Ivy Hazel Crystal Sandy Penny Kavitha Meenakshi".split(" "),
  men: "Michael Steven Edward Chidi Nnamdi Tobechukwu Olayinka Kamau Juma Sipho Hamza Tariq Faisal Kourosh Ardeshir Hrachya Tigran Levan Otar Taras Ostap Radosław Bogdan Nenad Vuk Dragan Wolfgang Eberhard Gunnar Leif Ólafur Jukka Tapio Hùng Tuấn Young-Ho Kyung-Soo Daisuke Ryota Jianguo Chun-Wei Rigoberto Wenceslao Abundio Keoni Kalani Shmuel Avraham Percival Barnaby Dean Ray Wade Clay Buck Earl Gene Sanjay Prakash".split(" "),
  families: ("Miller Wilson Anderson Moore Lewis Walker Scott Adams Carter Stone Fields Waters Obi Chukwudi Akpan Mensah-Bonsu Asante Nkrumah Muthoni Kariuki Zulu Ndlovu Sithole Warsame Desta Tadesse Chaudhry Baloch Ahmadzai Javadi Mohammadpour Sargsyan Petrosyan Gelashvili Tsereteli Kravchenko Melnyk Nowakowski Zieliński Marković Đorđević Petrović Kröger Vogelsang Hasenpfeffer Christensen Sigurðsson Nieminen Heikkinen Rebane Bērziņš "
    + "Kazlauskas Beaulieu-Roy Desrosiers Charbonneau von_Trapp de_la_Fuente da_Silva O'Rourke McCracken FitzWilliam Thistlethwaite Ramsbottom Balasubramaniam Natarajan Viswanathan Joshi Gokhale Shrestha Fernando Lê Bùi Huỳnh Cheung Tsai Liao Yoshida Nakagawa Hasegawa Yoon Shin Kwon Maldonado Olivares Zúñiga Ocampo Cabrera-Soto Nascimento Albuquerque Mastroianni Quattrocchi Stavropoulos Karras Keawe Nakoa Benally Deerinwater Chee Lonetree Applewhite Weatherby Arceneaux Robichaux").split(" ").map((name) => name.replaceAll("_", " ")),
  streets: ["Hawthorne", "Cypress", "Monroe", "Blue Heron", "Spruce", "Valley Forge", "Cherry Blossom", "Union", "9th", "41st", "Heather Glen", "Tannery", "Larkspur", "Beaumont", "Old Post"],
  places: ["Sioux Falls", "Bloomington", "Traverse City", "Grand Forks", "Yakima", "Evansville", "Nashua", "San Marcos", "Fort Dodge", "Lewiston", "Johnson City", "Twin Falls", "Lake Havasu", "St. Augustine", "Flagstaff", "Erie"],
  houses: ["Mount Carmel Hospital", "Greene County Medical Center", "Ashland Clinic", "Sacred Heart Hospital", "Stillwater Rehabilitation Center", "Golden Acres Nursing Home", "Lighthouse Hospice", "University Hospital of Marlow", "Prairie View Community Hospital", "Tamarack Pharmacy"],
};

/** @returns what makes up the people of an unseen note. */
export const inventUnseen = (seed: number): Invent => new Invent(seed, pools);

/**
 * Notes that were written last, in other words and layouts than those on which the rules were written and mended. No rule was changed for them: what the rules
 * reach on these is what is reported. Years by themselves are marked as dates.
 */
export const unseen: readonly ((make: Invent) => string)[] = [
  // A discharge summary.
  (make) => {
    const [p, a] = [make.person(), make.person()];
    const [He, his] = p.female ? ["She", "her"] : ["He", "his"];
    return `Hospital Discharge
Name: ${make.full(p)}                 Sex: ${p.female ? "F" : "M"}
Medical Record Number: ${make.mrn()}      Date of birth: ${make.birthDate()}
Date admitted: ${make.date()}      Date discharged: ${make.date()}
Discharging provider: ${make.full(a)}, MD
Facility: ${make.house()}

Reason for stay
${make.full(p)} is a ${make.oldAge()} y.o. with Alzheimer dementia who fell at home in ${make.townAlone()}. Films showed a left Weber B ankle fracture.

Course
Orthopedics (Dr. ${make.full(make.person())}) performed ORIF on ${make.day()}. Postoperative delirium cleared by day 3. Haldol was needed once. A urine culture grew Escherichia coli; Macrobid was given for 5 days. ${make.last(p)} worked with therapy and was cleared for rehab. ${his.charAt(0).toUpperCase()}${his.slice(1)} grandson, ${make.first(make.person())}, agreed with the plan. ${He} had been diagnosed with osteoporosis in ${mark("date", "2016")}.

Medications on discharge
- Donepezil 10 mg at bedtime
- Alendronate 70 mg weekly
- Lovenox 40 mg daily until ${make.day()}

Follow-up
Dr. ${make.last(a)} on ${make.date()} at 10:30. Call ${make.phone()} with questions.

Signed ${make.date()} ${make.full(a)}, MD
`;
  },
  // Radiology.
  (make) => {
    const p = make.person();
    return `${make.house()} - Imaging
Exam: Chest two views
Patient name: ${make.lastFirst(p)}
Patient ID: ${make.mrn()}
Accession number: ${make.id()}
Exam performed: ${make.date()}
Ordering provider: ${make.full(make.person())}

History: Cough. Evaluate for pneumonia.
Comparison: ${make.date()}
Findings: Heart size is normal. Kerley B lines are absent. There is a 7 mm nodule in the right upper lobe, not seen in ${mark("date", "2019")}. No pleural effusion. Harrington rods are noted.
Impression: Right upper lobe nodule. CT is recommended per Fleischner criteria.
Discussed with Dr. ${make.last(make.person())} at 4:45 PM on ${make.date()}.
Interpreting radiologist: ${make.full(make.person())}, MD
Transcribed by: ${mark("name", "RTV/ljk")}
`;
  },
  // Pathology.
  (make) => {
    const [p, path] = [make.person(), make.person()];
    return `CYTOPATHOLOGY FINAL REPORT
Accession: ${make.id()}
Patient: ${make.full(p)}    DOB: ${make.birthDate()}    MRN: ${make.mrn()}
Physician: ${make.full(make.person())}, DO
Collected ${make.date()}; signed out ${make.date()}

Source: Thyroid, right lobe, FNA
Interpretation: Atypia of undetermined significance (Bethesda III). Hurthle cells are present. 
Ancillary: Sample sent to ${mark("organisation", "Corvane Laboratories")} for molecular testing.
Cytotechnologist: ${make.full(make.person())}, CT(ASCP)
Pathologist: ${make.full(path)}, MD
I, ${make.full(path)}, have personally reviewed the slides.
`;
  },
  // Nursing, in capitals.
  (make) => {
    const p = make.person();
    return inCapitals(`POST-OP NURSING NOTE
DATE: ${make.date()} TIME: 1545
PATIENT NAME: ${make.full(p)}   MRN: ${make.mrn()}
ARRIVED FROM PACU WITH ${make.full(make.person())}, CRNA. VITAL SIGNS STABLE. DRESSING DRY AND INTACT. HEMOVAC TO SUCTION. FOLEY PATENT. ${p.female ? "MS." : "MR."} ${make.last(p)} RATES PAIN 6/10, DILAUDID PCA STARTED. HUSBAND ${make.first(make.person())} PRESENT, CELL ${make.phone()}. DR. ${make.last(make.person())} NOTIFIED OF URINE OUTPUT 25 ML/HR. ORDER FOR LR 500 ML RECEIVED. LAST BM ${make.day()}. INCENTIVE SPIROMETER TAUGHT.
NURSE: ${make.full(make.person())}, RN
`);
  },
  // ED triage with slips of the pen.
  (make) => {
    const p = make.person();
    return `ER triage note ${make.date()}
Pt name ${make.full(p)}, dob ${make.birthDate()}, mrn ${make.mrn()}
CC: abd pain adn vomitting since ${make.day()}. Pt is 28 yo G2P1 at 31 wks. Denies vag bleeding, +FM. Hx of gestatoinal diabetes. Seen by Dr. ${make.last(make.person())} last week at ${make.house()}. Here with her mother ${make.full(make.person())}.
BP 138/88 HR 104 T 99.4 O2 99%. Tenderness RUQ, neg Murphys. Moved to room 6, report to ${make.first(make.person())} RN.
Phone ${make.phone()}. Lives ${make.street()}, ${make.town()}. Policy # ${make.id()}. SSN ${make.ssn()}.
${make.full(make.person())}, RN
`;
  },
  // A referral letter.
  (make) => {
    const [p, to, me] = [make.person(), make.person(), make.person()];
    const [She, her] = p.female ? ["She", "her"] : ["He", "his"];
    return `${make.full(me)}, MD
${make.house()}
${make.street()}, ${make.town()}
Phone: ${make.phone()} | Fax: ${make.phone()} | ${make.email(me)}

${make.date()}

Dear Dr. ${make.last(to)}:

Please see ${make.full(p)} (MRN ${make.mrn()}, DOB ${make.birthDate()}) regarding tremor. ${She} was well until ${mark("date", "October 2022")}, when ${her} husband noticed slowness. Examination shows cogwheel rigidity; Parkinson disease is likely, though Wilson disease was excluded. ${make.last(p)} has no family history of Huntington disease. ${make.first(p)} teaches at ${mark("organisation", "Larkin Elementary School")} and was born in ${make.townAlone()}. Dr. ${make.full(make.person())} of Neurology saw ${her} on ${make.date()} and began Sinemet.

Yours sincerely,
${make.full(me)}

cc: ${make.full(make.person())}, MD
    ${make.full(make.person())}, PharmD
`;
  },
  // A progress note with signatures.
  (make) => {
    const [p, r, a] = [make.person(), make.person(), make.person()];
    return `PROGRESS NOTE                    ${make.date()}
Patient: ${make.lastFirst(p)}   MRN: ${make.mrn()}
Subjective: ${make.last(p)} slept well. No fever. Nausea resolved after Zofran. Asked when the drain will be removed.
Objective: T 37.2, P 82, BP 126/74, RR 16. Abdomen soft. JP output 30 mL. Strength 4/5 left leg. Labs ${make.day()}: WBC 9.1, Hgb 10.8, Na 138, K 4.0.
Assessment: 61 year old POD 4 after Whipple procedure, doing well. Crohn's disease quiescent.
Plan: Advance diet. Remove Foley. Stop Zosyn after today. PT consult. Dr. ${make.last(make.person())} to see for glucose. Repeat CT ${make.day()}.
Discussed with family (${make.first(make.person())} and ${make.first(make.person())}).

${make.full(r)}, MD, PGY-3
Pager: ${mark("phone", make.digits(4))}

Attending addendum: I saw the patient with Dr. ${make.last(r)} and agree. ${make.full(a)}, MD
`;
  },
  // Notes in a table.
  (make) => {
    const p = make.person();
    return `Care coordination log: ${make.full(p)} (${make.mrn()})
Date | Contact | Summary
${make.date()} | ${make.full(make.person())}, sister | Left voicemail at ${make.phone()}
${make.date()} | Dr. ${make.last(make.person())}, PCP office | Sent discharge summary by fax to ${make.phone()}
${make.date()} | ${make.house()} | Bed available ${make.day()}; admission contact ${make.full(make.person())}
${make.date()} | Patient | Wants to go home to ${make.townAlone()}. Will need oxygen, walker and a hospital bed.
Insurance: Medicare, member ID ${make.id()}. Prior authorization number ${make.id()}. Passport no. ${mark("id", `X${make.digits(8)}`)} seen.
Portal: ${mark("url", "https://portal.prairieview.org/u/messages")}
Completed by ${make.full(make.person())}, RN, CCM on ${make.date()}
`;
  },
];
