/** What a column holds, which decides what happens to its cells. */
export type ColumnRole =
  | "patient-id" | "id" | "remove" | "birth-date" | "date" | "age" | "sex" | "race" | "ethnicity" | "marital-status"
  | "postcode" | "state" | "country" | "code" | "unit" | "number" | "category";

/**
 * Headers, tried in this order, on lower-case words (`PatientBirthDate` → `patient birth date`). What matches nothing is judged by its cells,
 * and is removed if these are neither numbers, dates, codes nor units. Source: the identifiers of 45 CFR 164.514(b)(2)(i).
 */
export const headerRules: readonly (readonly [pattern: string, role: ColumnRole])[] = [
  ["\\b(birth ?date|date of birth|dob|born|birth day|geburtsdatum)\\b", "birth-date"],
  ["^(patient|pat|subject|person|participant|member|beneficiary|desynpuf)( ?(id|identifier|no|nr|number|num|key|uuid|guid|ref|reference|code))?$|^(mrn|medical record( number| no)?|chart( number| no)?|empi|pid|nhs number|patnr|patientennummer|id patient)$", "patient-id"],
  ["\\b(names?|surname|given|forename|first|last|middle|maiden|nick ?name|alias|initials|prefix|suffix|title|vorname|nachname)\\b", "remove"],
  ["\\b(address|addr|street|city|town|village|county|district|neighbou?rhood|apartment|apt|building|lat|lon|latitude|longitude|geo|coordinates|birth ?place|place|location|ort|strasse)\\b", "remove"],
  ["\\b(phone|tel|telephone|mobile|cell ?phone|fax|pager|e ?mail|mail|url|website|web|ip|ip address|mac|twitter|facebook|contact)\\b", "remove"],
  ["\\b(ssn|social security|passport|drivers?|licen[cs]e|national id|tax|insurance|insurer|policy|account|card|iban|credit|certificate|vehicle|vin|plate|serial|device id|biometric|fingerprint|photo|picture|image|genome|sequence)\\b", "remove"],
  ["^(loinc|snomed|snomed ct|icd|icd ?9|icd ?10|icd ?10 ?cm|cpt|hcpcs|rxnorm|atc|cvx|ndc|drg|dx|diagnosis|procedure|drug|lab|test|observation|condition|medication|allergy|vaccine|reason)? ?code\\d*$|^(loinc|snomed|icd ?9|icd ?10|cpt|rxnorm|atc|cvx|ndc|dx ?\\d*)$", "code"],
  ["\\b(mother|father|spouse|husband|wife|kin|guardian|guarantor|relative|emergency|employer|occupation|religion|race other)\\b", "remove"],
  ["\\b(physician|doctor|dr|provider|practitioner|clinician|nurse|surgeon|attending|referring|operator|author|performer|user|staff|hospital|clinic|facility|institution|organi[sz]ation|department|ward|room|bed|payer|site)\\b", "remove"],
  ["\\b(notes?|comments?|remarks?|text|narrative|free|memo|description|desc|display|label|summary|report|history|reason|message|instructions?)\\b", "remove"],
  ["^(encounter|visit|admission|episode|order|specimen|sample|accession|claim|observation|study|series|report|result|prescription|row|record)? ?(id|identifier|number|no|nr|num|uuid|guid|key)$|^(encounter|visit)$", "id"],
  ["^(postal|post|zip) ?(code)?\\d?$|^plz$", "postcode"],
  ["^(state|province|region)( code)?$", "state"],
  ["^country( code)?$", "country"],
  ["^(sex|gender|sex at birth|birth sex|administrative gender|geschlecht)$", "sex"],
  ["^race( code)?$", "race"],
  ["^ethnicity( code)?$|^ethnic group$", "ethnicity"],
  ["^marital( status)?$|^marital status code$", "marital-status"],
  ["^age( (in )?(years?|yrs?))?$|^age at .*$|^alter$|^years old$", "age"],
  ["\\b(date|datetime|timestamp|dt|issued|effective|onset|admitted|discharged|deceased|death|start|stop|end|datum)\\b", "date"],
  ["^(unit|units|uom|unit of measure|value unit|dose unit|einheit)$", "unit"],
  ["^(value|result|result value|measurement|reading|score|dose|quantity|amount|count|wert)$", "number"],
];

/** Words that may stay in a cell of a column that is no text, in lower case. */
export const categoryWords: Readonly<Record<string, readonly string[]>> = {
  sex: ["m", "f", "male", "female", "other", "unknown", "u", "o", "x", "w", "d", "ambiguous", "0", "1", "2"],
  race: ["white", "black", "asian", "native", "hawaiian", "pacific islander", "american indian", "alaska native", "other", "unknown", "two or more", "black or african american", "african american", "hispanic", "1", "2", "3", "4", "5", "6"],
  ethnicity: ["hispanic", "nonhispanic", "non-hispanic", "hispanic or latino", "not hispanic or latino", "not hispanic", "unknown", "other", "1", "2"],
  "marital-status": ["m", "s", "d", "w", "u", "l", "p", "married", "single", "divorced", "widowed", "separated", "never married", "unknown", "partner"],
  category: [
    "yes", "no", "y", "n", "true", "false", "t", "f", "0", "1", "2", "3", "4", "5", "positive", "negative", "pos", "neg", "normal", "abnormal", "high", "low", "h", "l", "critical", "unknown", "none", "na", "n/a", "null", "never", "former", "current",
    "final", "preliminary", "amended", "corrected", "cancelled", "active", "inactive", "resolved", "completed", "stopped", "planned", "ambulatory", "inpatient", "outpatient", "emergency", "urgentcare", "wellness", "numeric", "mild", "moderate", "severe",
    "a", "b", "ab", "o", "a+", "a-", "b+", "b-", "ab+", "ab-", "o+", "o-", "detected", "not detected", "reactive", "nonreactive", "benign", "malignant", "left", "right", "bilateral", "alive", "dead", "deceased",
    "laboratory", "vital-signs", "survey", "exam", "imaging", "procedure", "social-history", "therapy", "activity",
  ],
};

/** Roles of which some values together can single a person out: they are generalised until k people share them. */
export const quasiIdentifiers: readonly ColumnRole[] = ["birth-date", "age", "sex", "race", "ethnicity", "marital-status", "postcode", "state", "country"];

/** Share of a column's filled cells that must have a form before the column is taken to have it. */
export const formShare = 0.9;
