import { Invent, type Pools } from "./invent.js";
import { inCapitals, mark } from "./marked.js";

/** Other people and places than those of the notes on which the rules were written. */
const pools: Pools = {
  women: "Barbara Sandra Kimberly Ogechi Adaeze Folasade Temitope Wanjiru Nyambura Makena Hadiza Rukhsana Tahmina Farzaneh Golnaz Ruzanna Anahit Tamar Nino Eteri Ludmila Zdenka Bożena Halina Vesna Jadranka Snežana Ilse Liesl Gudrun Solveig Ragnhild Þóra Aino Päivi Hà Thúy Xuân Minji Eun-Kyung Sakura Chiyoko Qingyuan Shu-Fen Rosario Milagros Consuelo Yamileth Noelani Pualani Ayelet Tziporah Winifred Daisy Pearl Autumn Heather Ruby Joy-Ann".split(" "),
  men: "Robert Charles Kenneth Obinna Ifeanyi Uchenna Segun Mwangi Kiprotich Tafadzwa Idris Bashir Naveed Zulfiqar Behrouz Siavash Arshak Vahagn Giorgi Zurab Bohdan Yaroslav Przemysław Grzegorz Zoran Slobodan Ljubomir Ulrich Gottfried Torsten Eirik Jóhann Pekka Veikko Đức Quang Sung-Min Dong-Wook Kenji Haruto Zhiqiang Wen-Hao Hernán Anselmo Eusebio Efraín Kanoa Ikaika Yehuda Mordechai Leopold Ambrose Miles Rusty Drake Christian Reed Lance Jean-Luc".split(" "),
  families: ("Johnson Williams Davis Clark King Hall Green Cook Bell Price Marsh Winters Onyekachi Ezenwa Akinfenwa Mutasa-Banda Kipchumba Odhiambo Wairimu Nakamura-Levy Afolabi Sesay Koroma Diabaté Traoré Hailemariam Berhane Siddiqui Qureshi Bhuiyan Rahimzadeh Tehrani Mkrtchyan Hovhannisyan Kvaratskhelia Beridze Lysenko Bondarenko Grabowski Wróblewski Jovanović Mihajlović Kovačević Stojanović Eichelberger Pfannenstiehl Zuckerbrot Rasmussen Gunnarsdóttir "
    + "Hämäläinen Mäkelä Kask Ozoliņš Vaitkus Delacroix-Petit Archambault Lachapelle von_Hohenberg del_Rosario dos_Santos O'Callaghan McGillicuddy FitzSimmons Abernathy Higginbotham Twistleton Sivaramakrishnan Krishnamurthy Parthasarathy Deshpande Kulkarni Thapa Rajapaksa Nguyễn Đặng Vuong Huang Zheng Ouyang Kobayashi Matsumoto Shimizu Bae Jeong Lim Arriaga Benavides Urrutia Ybarra Santiago-Vélez Carvalho Mascarenhas Esposito Scognamiglio Kalogeropoulos Manolis Kamakawiwoole Akana Whitehorse Manygoats Tso Blackfeather Culpepper Hockenberry Ledoux Guidry").split(" ").map((name) => name.replaceAll("_", " ")),
  streets: ["Orchard", "Bayberry", "Harrison", "Stone Mill", "Magnolia", "Pleasant View", "Chestnut Ridge", "Liberty", "7th", "22nd", "Abbey Glen", "Quarry", "Foxglove", "Winthrop", "Meeting House"],
  places: ["Duluth", "Terre Haute", "Saginaw", "Little Rock", "Wenatchee", "Paducah", "New Bedford", "San Angelo", "Fort Collins", "Bangor", "Murfreesboro", "Pocatello", "Lake Charles", "St. Joseph", "Yuma", "Altoona"],
  houses: ["St. Agatha's Medical Center", "Riverbend County Hospital", "Westmoreland Clinic", "Holy Family Hospital", "Birchwood Rehabilitation Center", "Maple Grove Nursing Home", "Tidewater Hospice", "Children's Hospital of Ardmore", "Ellsworth Veterans Hospital", "Cascadia Eye Clinic"],
};

/** @returns what makes up the people of one of these notes. */
export const inventMended = (seed: number): Invent => new Invent(seed, pools);

/**
 * Notes that were written after the first rules, in other words and layouts: the rules were then mended on them as well, so `unseen.ts` has the ones that count.
 * Years by themselves are marked as dates.
 */
export const mendedOn: readonly ((make: Invent) => string)[] = [
  // A discharge summary by dictation.
  (make) => {
    const [p, a, b] = [make.person(), make.person(), make.person()];
    const [he, his] = p.female ? ["she", "her"] : ["he", "his"];
    return `${inCapitals(make.house())}
INPATIENT DISCHARGE NOTE

PT: ${make.lastFirst(p)}          UNIT NO: ${make.mrn()}
D.O.B.: ${make.birthDate()}       ACCT: ${make.id()}
ADM: ${make.date()}    DISCH: ${make.date()}

PRINCIPAL DIAGNOSIS: Acute on chronic systolic heart failure.
SECONDARY DIAGNOSES: Wegener granulomatosis in remission; Barrett esophagus; Dupuytren contracture.

BRIEF SUMMARY: This ${make.oldAge()} year old retired teacher was transferred from ${make.house()} after ${he} was found down by ${his} neighbor, ${make.full(make.person())}, on the morning of ${make.day()}. On arrival ${make.last(p)} was hypotensive to 84/50. Dobutamine was begun and a Swan-Ganz catheter floated. Cardiology (${make.last(a)}) was consulted. By hospital day 3 the Lasix drip was stopped. ${p.female ? "Ms" : "Mr"} ${make.last(p)} had one fall on ${make.day()} without injury.
Echo in ${mark("date", "2018")} showed EF 30%; repeat EF was 25%.

Discharge medicines: carvedilol 6.25 mg twice a day, torsemide 20 mg every morning, Entresto 24/26 mg, Aldactone 12.5 mg.

${p.female ? "She" : "He"} will see ${make.full(b)} MD in clinic on ${make.date()}; call ${make.phone()} to change. Family contact is ${make.first(make.person())}, ${his} niece, ${make.phone()}.

${make.full(a)}, DO
D: ${make.date()} 08:12   T: ${make.date()} 11:40   Job ${make.id()}
`;
  },
  // Radiology, terse.
  (make) => {
    const p = make.person();
    return `PROCEDURE: MR Brain without and with gadolinium
NAME OF PATIENT: ${make.full(p)}
HOSPITAL NUMBER: ${make.mrn()}
STUDY NO. ${make.id()}
PERFORMED ${make.date()} AT 0915 HRS
ORDERED BY DR ${make.full(make.person())}

Clinical history - Seizure. Prior resection ${make.date()}, outside films from ${make.house()}.

Technique: Sagittal T1, axial FLAIR, DWI, SWI. Post contrast T1 with 8 mL Gadavist.

Findings - Postoperative change in the right temporal lobe. No restricted diffusion. Virchow-Robin spaces are prominent. Sylvian fissure and foramen of Monro are normal. Compared with ${make.date()}, the enhancing focus measures 4 x 6 mm, previously 4 x 5 mm.

Conclusion - Stable examination. Arnold-Chiari malformation, type I, unchanged.

Reported by ${make.full(make.person())} MBBS FRCR. Verified ${make.date()} 10:02. Critical result phoned to ${make.full(make.person())} RN, 4 West, ${make.phone()}.
`;
  },
  // Pathology, as a table.
  (make) => {
    const [p, path] = [make.person(), make.person()];
    return `Department of Pathology & Laboratory Medicine, ${make.house()}, ${make.street()}, ${make.town()}

Specimen No.   ${make.id()}
Patient        ${make.full(p)}
Record No.     ${make.mrn()}
Birth          ${make.birthDate()}
Taken          ${make.date()}
Requester      ${make.full(make.person())}, MD

MICROSCOPIC: Sections show colonic mucosa with crypt distortion and Paneth cell metaplasia. No granulomas (Crohn disease is not favored). Congo red and Ziehl-Neelsen stains are negative. Warthin-Starry stain shows no organisms.
DIAGNOSIS: Colon, sigmoid, biopsy - chronic active colitis, moderate. Negative for dysplasia.
NOTE: Slides seen in consultation by Drs. ${make.last(make.person())} and ${make.last(make.person())}. Prior case ${make.id()} (${make.date()}) reviewed.

${make.full(path)}, M.D., Pathologist          Released: ${make.date()}
`;
  },
  // Nursing, in capitals.
  (make) => {
    const p = make.person();
    return inCapitals(`SHIFT ASSESSMENT ${make.date()} 1900-0700
RECEIVED REPORT FROM ${make.full(make.person())} RN AT BEDSIDE. ${p.female ? "MRS" : "MR"} ${make.last(p)} AWAKE, ORIENTED TO PERSON AND PLACE. PERRLA. BRADEN 16. MORSE FALL RISK HIGH. JACKSON-PRATT DRAIN WITH 40 ML SEROSANGUINEOUS. PIV R FOREARM PLACED ${make.day()}. PAIN 4/10, MEDICATED WITH OXYCODONE 5 MG AT 2130. SON ${make.first(make.person())} CALLED FROM ${make.phone()}, GIVEN UPDATE WITH PASSWORD. DR ${make.last(make.person())} PAGED AT 0210 FOR SBP 88, 500 ML BOLUS GIVEN. PT MRN ${make.mrn()} VERIFIED BY TWO IDENTIFIERS. TURNED Q2H. CALL LIGHT IN REACH.
${make.full(make.person())}, BSN, RN
`);
  },
  // ED triage, hurried, with slips of the pen.
  (make) => {
    const p = make.person();
    return `Triage ${make.date()} 03:17
${make.full(p)} / ${make.birthDate()} / ${make.mrn()}
BIBA. 71 y/o femlae c/o SOB adn chest tightnes x3 hrs, woke her form sleep. Hx CHF, Afib on Xarelto. Takes metoprolol, "water pill". Allergic to PCN (rash). Speaks Spanish only; interpreter # ${make.id()} used. Husband ${make.full(make.person())} in waiting room, reach him on ${make.phone()}.
VS 164/92 - 118 - 26 - 37.1 - 89% RA -> 94% 2L NC
ESI 2, to Rm 9. MD ${make.last(make.person())} notifed.  EKG 0321.
Address verified: ${make.street()}, ${make.town()}. Medicaid # ${make.id()}. SSN on file ending ${mark("ssn", make.digits(4))}.
        -- ${make.full(make.person())}, RN, CEN
`;
  },
  // A referral letter.
  (make) => {
    const [p, to, me] = [make.person(), make.person(), make.person()];
    const [she, her] = p.female ? ["She", "her"] : ["He", "his"];
    return `${make.date()}

${make.full(to)}, M.D.
${make.house()}
${make.street()}
${make.town()}

Re: ${make.full(p)} (born ${make.birthDate()}; S.S.N. ${make.ssn()})

Dear ${make.first(to)},

I would be grateful if you could see ${make.first(p)}, a delightful 58-year-old accountant whom I have known since ${mark("date", "2009")}. ${she} came to me in ${mark("date", "March 2021")} with fatigue, and Hashimoto thyroiditis was found. ${she} has had a Bell's palsy, a Colles fracture, and hypertension. ${make.last(p)}'s father died of Huntington disease at 61. ${she} grew up in ${make.townAlone()} and now lives with ${her} partner ${make.first(make.person())} near ${make.townAlone()}. You may e-mail ${her} at ${make.email(p)} or write to me at ${make.email(me)}; our web page is ${mark("url", "www.westmorelandclinic.org/referrals")}.

Many thanks for your help, ${make.first(to)}.

Kind regards,

${make.full(me)}, MD, FACP
Telephone ${make.phone()}  Facsimile ${make.phone()}
c.c. Dr. ${make.full(make.person())}; ${make.full(make.person())}, LCSW
`;
  },
  // A progress note with signatures.
  (make) => {
    const [p, r, a] = [make.person(), make.person(), make.person()];
    return `MICU Daily Progress - HD#6                 ${make.date()} 07:05
${make.lastFirst(p)} | MRN ${make.mrn()} | 66M | Code: Full

24h events: self-extubated ${make.day()}, reintubated w/ 7.5 ETT. Family meeting held, ${make.first(make.person())} (HCP) present.
Neuro: RASS -1, CAM neg. Fentanyl 50, propofol off since 2/2 hypotension.
CV: NE 0.08. TTE ${make.day()}: LVEF 55, no vegetations; Lambl excrescence.
Resp: AC 400x16/5/40%. ABG 7.36/41/88. CXR worse RLL. P/F 210.
ID: Bcx 2/2 MSSA ${make.day()}. Cefazolin d5/28. LIJ Trialysis placed ${make.day()}, R rad A-line d3.
Renal: Cr 2.1<-1.7. FENa 0.4%. Dr ${make.last(make.person())} (renal) following.
FEN/GI: Nepro @ 40. Senna, PPI. LBM ${make.day()}.
Ppx: SQH, HOB 30.
Dispo: ICU. Updated daughter ${make.full(make.person())} by phone ${make.phone()}.

${make.full(r)}, PGY-2, pgr ${mark("phone", make.digits(5))}
ATTENDING: Pt seen and examined w/ Dr. ${make.last(r)}. Agree. CC time 35 min. - ${make.full(a)}, MD ${make.date()}
`;
  },
  // A clinic visit with tables.
  (make) => {
    const [p, np] = [make.person(), make.person()];
    return `Visit summary for ${make.full(p)}
Chart # ${make.mrn()}   Visit: ${make.date()}   Seen by: ${make.full(np)}, FNP-BC

Weight log
Date          Weight   BP
${make.date()}    182 lb   134/82
${make.date()}    179 lb   128/78

Labs (${make.day()}): A1c 7.4, LDL 92, TSH 2.1, eGFR 68, Vitamin D 22.
Plan: Increase Ozempic to 1 mg weekly. Continue Farxiga. Shingrix #2 today (lot ${mark("id", `J${make.digits(4)}K`)}). Mammogram at ${make.house()}. Referral to podiatry - Dr. ${make.full(make.person())}. ${make.first(p)} asked about Mounjaro; ${make.first(p)} will check with ${make.first(make.person())} at the front desk about coverage (member ${make.id()}, group ${make.id()}).
Next appointment: ${make.date()} 9:40 AM with ${make.full(np)}.
Portal login reset from IP ${mark("ip", `${10 + make.below(200)}.${make.below(255)}.${make.below(255)}.${1 + make.below(250)}`)}.
`;
  },
  // A social work note, mostly about people.
  (make) => {
    const [p, d, ex] = [make.person(), make.person(), make.person()];
    return `Social Work Assessment
Client name: ${make.full(p)}; MR ${make.mrn()}
Date/time: ${make.date()}, 1330

SW met with ${make.first(p)} and ${make.first(d)} (adult child) at bedside. ${make.first(p)} was laid off from ${mark("organisation", "Granger Tool & Die")} last Thanksgiving`.replace("Thanksgiving", mark("date", "Thanksgiving")) + ` and has been staying with a friend, ${make.full(make.person())}, at ${make.street()}. Ex-spouse ${make.full(ex)} has custody of two minors, ${make.first(make.person())} (age 9) and ${make.first(make.person())} (age 12). ${make.first(d)} can be reached at ${make.phone()} evenings. History of incarceration in ${make.townAlone()}. Caseworker: ${make.full(make.person())}, DHS, fax ${make.phone()}. Case ${make.id()}. PHQ-9 score 14. Denies SI/HI. Columbia scale negative. Mini-Cog 4/5.
Plan: apply for SNAP, refer to ${make.house()}, shelter list given. Driver license no. ${mark("id", `${make.digits(3)}-${make.digits(2)}-${make.digits(3)}`)} copied to chart.
${make.full(make.person())}, MSW, LICSW, ext. ${mark("phone", make.digits(4))}
`;
  },
  // A telephone encounter in capitals, dictated.
  (make) => {
    const p = make.person();
    return inCapitals(`TELEPHONE ENCOUNTER ${make.date()}
CALLER: ${make.full(make.person())} (MOTHER)   PATIENT: ${make.lastFirst(p)}   DOB: ${make.birthDate()}   CHART: ${make.mrn()}
REASON FOR CALL: FEVER 102.4 SINCE ${make.day()}, VOMITING X2, DECREASED URINE OUTPUT. NO RASH, NO NECK STIFFNESS, NEGATIVE KERNIG SIGN WHEN SEEN BY DR ${make.last(make.person())}. TYLENOL GIVEN. ADVISED TO GO TO ${make.house()}. MOTHER VERBALIZED UNDERSTANDING. CALL BACK ${make.phone()}.
TAKEN BY: ${make.full(make.person())}, LPN
`);
  },
];
