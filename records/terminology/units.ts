/** UCUM atoms that take a metric prefix. Source: https://ucum.org/ucum */
export const metricAtoms = "m g s rad K C cd mol sr Hz N Pa J W A V F Ohm S Wb T H lm lx Bq Gy Sv L l ar eq osm cal t u eV pc bar kat U [iU] [IU] B dyn erg P G Ci R bit By Bd Cel m[Hg] m[H2O] cal_th [Cal]".split(" ");

/** Atoms without prefix, and ways to write units that hospitals use although UCUM does not know them. */
export const plainAtoms = (
  "% min h d wk mo a deg ' '' [ppth] [ppm] [ppb] [degF] [lb_av] [oz_av] [in_i] [ft_i] [pH] [drp] [CFU] [arb'U] [hnsf'U] [foz_us] [cup_us] [tbs_us] [tsp_us] "
  + "[diop] [MET] [APL'U] [GPL'U] [MPL'U] [beth'U] [kn_i] [mi_i] [yd_i] [pt_us] [qt_us] [gal_us] [gr] [car_m] [bdsk'U] [todd'U] [dye'U] [knk'U] [mclg'U] [ka'U] [smgy'U] [Lf] [PFU] [LD] "
  + "10* 10^ hr hrs sec secs minute minutes hour hours day days week weeks month months year years yr yrs mins lb lbs oz in ft inches F degC degF mmHg IU iu mEq meq ratio score tablet tablets tab tabs capsule capsules puff puffs "
  + "drop drops unit units beat beats bpm copies cells cell fL fl pg pH ppm x X"
).split(" ");

/** Annotations in braces that say nothing about a person. Any other text in braces is refused. */
export const annotations = "score ratio beats breaths cells count INR copies CFU RBC WBC tbl tablet puff dose doses index titer HPF LPF steps events spray capsule".split(" ");

const prefixes = "Y Z E P T G M k h da d c m u n p f a z y µ Ki Mi".split(" ");

const known = new Set<string>();
for (const atom of metricAtoms) {
  known.add(atom);
  for (const prefix of prefixes) known.add(prefix + atom);
}
for (const atom of plainAtoms) known.add(atom);
const knownLower = new Set([...known].map((atom) => atom.toLowerCase()));
const braces = new Set(annotations.map((text) => text.toLowerCase()));

/** One factor: an atom with exponent and annotation, or a power of ten. */
function factor(text: string): boolean {
  const bare = text.replace(/\{([^{}]*)\}$/, (whole, note: string) => (braces.has(note.toLowerCase()) ? "" : whole));
  if (bare === "") return text !== "";
  if (/^(?:x\s?)?10(?:[*^]-?\d{1,2}|\(-?\d{1,2}\)|e-?\d{1,2}|[eE]?\d)?$/i.test(bare) || /^\d{1,7}(?:\.\d{1,3})?$/.test(bare)) return true;
  if (knownLower.has(bare.toLowerCase())) return true;
  const powered = /^(.*?[^\d+-])[+-]?[1-9]$/.exec(bare)?.[1];
  return powered !== undefined && knownLower.has(powered.toLowerCase());
}

/** Units that were met: a record repeats a few of them. Only what may stay is remembered. */
const met = new Set<string>();
const mostMet = 10_000;

/** @returns whether a text is a unit of measure and nothing else, so that it may stay. */
export function isUnit(text: string): boolean {
  if (met.has(text)) return true;
  if (!parses(text)) return false;
  if (met.size >= mostMet) met.clear();
  met.add(text);
  return true;
}

function parses(text: string): boolean {
  if (text.length === 0 || text.length > 40) return false;
  const parts = text.trim().replace(/^\//, "").replace(/[()]/g, (c, at: number) => (/\(-?\d{1,2}\)/.test(text.slice(Math.max(0, at - 4), at + 4)) ? c : "")).split(/[./]|\s+(?=[a-zA-Z[])/);
  return parts.length <= 6 && parts.every(factor);
}
