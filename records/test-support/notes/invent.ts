import { mark } from "./marked.js";

/** Names of many languages; most of the surnames are in no list that the rules use. */
const women = "Mary Aoife Siobhan Zainab Chiamaka Nguyet Priyanka Lakshmi Xiomara Guadalupe Svetlana Oksana Ingeborg Anneliese Marisol Itzel Fatoumata Aminata Yuki Haruka Meiling Soo-Jin Rivka Shoshana Leocadia Wilhelmina Theodora Grace Rose Hope Joy Dawn April June Faith Violet Jean-Marie Ana-Lucía Zoë Renée Kateryna Ngozi Thandiwe Parvaneh Shirin Nasrin Beyza Elif Dilnoza Kalei Leilani Winona Aiyana Linda Patricia Debra Tamika Latoya Shaniqua Bronwyn Eluned Saoirse".split(" ");
const men = "John Olumide Chukwuemeka Babatunde Kwabena Tadeusz Zbigniew Wojciech Miroslav Dragomir Björn Håkan Søren Jörg Günther Mohammed Abdulrahman Khalid Farrukh Rajesh Venkatesh Subramanian Nguyen-Anh Minh Hiroshi Takeshi Jae-Hyun Seung-Ho Xiaoming Weiguo Lázaro Ignacio Joaquín Cuauhtémoc Giancarlo Vincenzo Mark Grant Will Frank Bill Drew Chase Hunter Ezekiel Obadiah Thaddeus Cornelius Kekoa Makoa Tyrell DeShawn Jamarcus Dmitri Vyacheslav Levent Yiannis Gwilym Padraig Fiachra".split(" ");
const families = (
  "Smith Brown Young Baker Rose Long Short White Day Wood Rivers Oyelaran Adebayo-Cole Nwachukwu Okonkwo Mbeki Dlamini Wolde-Michael Gebreselassie Tekle Abdulkadir Al-Masri Haddad Khoury Farahani Rostami Hosseinzadeh Yilmaz Özdemir Karapetyan Gulbenkian Saakashvili Kowalczyk Wiśniewski Brzezinski Szymanski Dvořák Novotná Horvath Szabó Ceaușescu Ionescu "
  + "Petrov Kuznetsova Shevchenko Tymoshenko Lindqvist Bergström Halvorsen Kjeldsen Virtanen Korhonen Tamm Kalniņš Zollikofer Hürlimann Schönenberger Oberhauser van_der_Meulen de_la_Cruz O'Shaughnessy O'Dwyer MacGillivray McAllister Llewellyn-Davies Featherstonehaugh Cholmondeley Ravichandran Venkataraman Chaudhuri Mukhopadhyay Bhattacharjee Patel Singh Gunawardena Wickramasinghe Tran Phan-Le Nguyen Pham Chen Wong Xu Ng Ito Watanabe Takahashi Yamaguchi Park Kim Lee Choi "
  + "Hernández Echeverría Villaseñor Zamorano-Ruiz Quiñones Etxeberria Bettencourt Figueiredo Gonçalves D'Agostino DiGiacomo Buonarroti Lombardozzi Papadopoulos Xenakis Theodorakis Kahananui Kealoha Begay Yellowhorse Tsosie Running_Bear Washington Jefferson Vandersloot Terpstra Hoekstra Pruitt Gaines Boudreaux Thibodeaux Fontenot Delacroix Beauchamp"
).split(" ").map((name) => name.replaceAll("_", " "));
const streets = "Elm Maple Willow_Creek Old_Mill Sycamore Kensington Fernwood Jefferson Martin_Luther_King Lakeshore Prospect Hollow_Oak Birchmount Saint_Clair Rosewood Whispering_Pines Cobblestone 14th 3rd Nottingham".split(" ").map((name) => name.replaceAll("_", " "));
const streetKinds = "Street St Avenue Ave Road Rd Drive Lane Ln Court Blvd Way Place".split(" ");
const places = ["Springfield", "Cedar Rapids", "Winnetka", "St. Cloud", "Fort Wayne", "Chillicothe", "Poughkeepsie", "Walla Walla", "Santa Rosa", "Kalamazoo", "Worcester", "Tuscaloosa", "Bemidji", "Ashtabula", "Las Cruces", "Eau Claire", "Port Huron", "Schenectady"];
const states = ["OH", "IA", "IL", "MN", "NY", "WA", "CA", "NM", "TX", "WI", "NC", "VT"];
const houses = ["St. Brendan's Hospital", "Lakemont Regional Medical Center", "Pinecrest Nursing Home", "Halloran Clinic", "Northgate Community Hospital", "Tri-Valley Rehabilitation Center", "Kessler Memorial Hospital", "Our Lady of Mercy Hospital", "Bluestone Hospice", "Ridgeline Family Clinic", "University of Carrowmore Hospital", "Dunwoody Pharmacy"];

/** What is drawn from. */
export interface Pools { readonly women: readonly string[]; readonly men: readonly string[]; readonly families: readonly string[]; readonly streets: readonly string[]; readonly places: readonly string[]; readonly houses: readonly string[] }
const own: Pools = { women, men, families, streets, places, houses };

export interface Person { readonly first: string; readonly last: string; readonly middle: string; readonly female: boolean }

/** Makes what a note says of people: the same for the same seed. */
export class Invent {
  #state: number;
  constructor(seed: number, readonly pools: Pools = own) { this.#state = (seed * 2_654_435_761) >>> 0 || 1; }

  /** @returns a number from 0 to below `most` (xorshift32). */
  below(most: number): number {
    let x = this.#state;
    x ^= x << 13; x >>>= 0; x ^= x >>> 17; x ^= x << 5; x >>>= 0;
    this.#state = x;
    return x % most;
  }
  of<T>(list: readonly T[]): T { return list[this.below(list.length)] as T; }
  digits(count: number): string { return Array.from({ length: count }, (_, at) => String(at === 0 ? 1 + this.below(9) : this.below(10))).join(""); }

  person(): Person {
    const female = this.below(2) === 0;
    return { first: this.of(female ? this.pools.women : this.pools.men), last: this.of(this.pools.families), middle: String.fromCharCode(65 + this.below(26)), female };
  }
  /** A date in one of the usual writings. */
  date(): string {
    const [y, m, d] = [2008 + this.below(17), 1 + this.below(12), 1 + this.below(28)];
    const two = (n: number): string => String(n).padStart(2, "0");
    const long = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"][m - 1] ?? "";
    const written = [`${two(m)}/${two(d)}/${y}`, `${m}/${d}/${y % 100 < 10 ? `0${y % 100}` : y % 100}`, `${y}-${two(m)}-${two(d)}`, `${long} ${d}, ${y}`, `${d} ${long} ${y}`, `${two(d)}-${long.slice(0, 3)}-${y}`, `${long.slice(0, 3)} ${d}, ${y}`, `${two(m)}-${two(d)}-${y}`, `${two(d)}${long.slice(0, 3).toUpperCase()}${y}`, `${long} ${d}${d % 10 === 1 && d !== 11 ? "st" : d % 10 === 2 && d !== 12 ? "nd" : d % 10 === 3 && d !== 13 ? "rd" : "th"}, ${y}`, `${d}.${m}.${y}`];
    return mark("date", this.of(written));
  }
  birthDate(): string { return mark("date", `${1 + this.below(12)}/${1 + this.below(28)}/${1936 + this.below(60)}`); }
  /** A day without a year. */
  day(): string {
    const [m, d] = [1 + this.below(12), 13 + this.below(15)];
    const long = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"][m - 1] ?? "";
    return mark("date", this.of([`${m}/${d}`, `${long} ${d}`, `${long.slice(0, 3)} ${d}`, `${String(m).padStart(2, "0")}/${d}`]));
  }
  mrn(): string { return mark("mrn", this.of([this.digits(7), this.digits(8), `${this.digits(3)}-${this.digits(2)}-${this.digits(3)}`, `E${this.digits(7)}`, this.digits(6), `00${this.digits(6)}`])); }
  id(): string { return mark("id", this.of([`S${10 + this.below(15)}-${this.digits(5)}`, this.digits(9), `AC${this.digits(8)}`, `${this.digits(4)}-${this.digits(6)}`, `${this.digits(2)}-${this.digits(6)}`])); }
  ssn(): string { return mark("ssn", `${100 + this.below(700)}-${10 + this.below(89)}-${this.digits(4)}`); }
  phone(): string {
    const [a, b, c] = [String(201 + this.below(700)), String(200 + this.below(799)), this.digits(4)];
    return mark("phone", this.of([`(${a}) ${b}-${c}`, `${a}-${b}-${c}`, `${a}.${b}.${c}`, `1-${a}-${b}-${c}`, `${a} ${b}-${c}`, `+1 ${a} ${b} ${c}`]));
  }
  email({ first, last }: Person): string { return mark("email", `${first.normalize("NFD").replace(/[^a-z]/gi, "").toLowerCase()}.${last.normalize("NFD").replace(/[^a-z]/gi, "").toLowerCase()}@${this.of(["gmail.com", "lakemont.org", "mail.halloran-clinic.net"])}`); }
  street(): string { return mark("street", `${this.digits(1 + this.below(4))} ${this.of(this.pools.streets)} ${this.of(streetKinds)}${this.of(["", "", ", Apt 4B", " Unit 12", " #3"])}`); }
  /** Town, state and postcode; the state stays. */
  town(): string { return `${mark("town", this.of(this.pools.places))}, ${this.of(states)} ${mark("postcode", `${this.digits(5)}`)}`; }
  townAlone(): string { return mark("town", this.of(this.pools.places)); }
  house(): string { return mark("organisation", this.of(this.pools.houses)); }
  oldAge(): string { return mark("age", String(91 + this.below(12))); }

  full(person: Person): string { return mark("name", this.of([`${person.first} ${person.last}`, `${person.first} ${person.middle}. ${person.last}`, `${person.first} ${person.last}`])); }
  lastFirst(person: Person): string { return mark("name", this.of([`${person.last}, ${person.first}`, `${person.last}, ${person.first} ${person.middle}`])); }
  last({ last }: Person): string { return mark("name", last); }
  first({ first }: Person): string { return mark("name", first); }
}
