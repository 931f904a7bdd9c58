/** Two-letter codes of US states and territories (USPS). A state is the smallest place that Safe Harbor lets stay. */
export const usStates = new Set("AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI".split(" "));

/** Country names and codes that are kept. Anything else is removed. */
export const countries = new Set(
  ("AD AE AF AL AM AO AR AT AU AZ BA BB BD BE BF BG BH BI BJ BN BO BR BS BT BW BY BZ CA CD CF CG CH CI CL CM CN CO CR CU CV CY CZ DE DJ DK DO DZ EC EE EG ER ES ET FI FJ FR GA GB GE GH GM GN GQ GR GT GW GY "
  + "HN HR HT HU ID IE IL IN IQ IR IS IT JM JO JP KE KG KH KR KW KZ LA LB LK LR LS LT LU LV LY MA MD ME MG MK ML MM MN MR MT MU MV MW MX MY MZ NA NE NG NI NL NO NP NZ OM PA PE PG PH PK PL PT PY QA RO RS RU RW "
  + "SA SD SE SG SI SK SL SN SO SR SS SV SY SZ TD TG TH TJ TN TR TT TW TZ UA UG US UY UZ VE VN YE ZA ZM ZW USA GBR DEU FRA NLD AUS CAN ESP ITA CHE AUT BEL SWE NOR DNK FIN POL PRT IRL NZL JPN CHN IND BRA MEX UK").split(" "),
);

/** First three digits of ZIP codes with 20,000 people or fewer (Census 2000), which become 000. Source: HHS guidance on 45 CFR 164.514(b)(2)(i)(B). */
export const restrictedZip3 = new Set("036 059 063 102 203 556 692 790 821 823 830 831 878 879 884 890 893".split(" "));

/** @returns the first three digits of a US ZIP code, "000" where few people live, or null if it is none. */
export function zip3(text: string): string | null {
  const digits = /^(\d{3})\d{2}(?:-?\d{4})?$/.exec(text.trim())?.[1];
  if (digits === undefined) return null;
  return restrictedZip3.has(digits) ? "000" : digits;
}
