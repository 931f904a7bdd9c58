import { bitNames, DataKind, ParticipantKind, Purpose } from "../../schema/market.js";
import { toMoney, type Currency } from "../types/money.js";
import { english, node, plain, typed, type Described, type Value } from "./graph.js";
import type { DatasetRow } from "./read-datasets.js";
import { iri, terms } from "./vocabulary.js";

export interface CatalogueSite {
  /** The API's address without a slash at the end. */
  readonly publicUrl: string;
  readonly chainId: number;
  readonly token: string;
  readonly currency: Currency;
  /** The health data access body; null where the operator names none. */
  readonly accessBody: string | null;
}

/** GA4GH Data Use Ontology. Two purposes are the opposite of a restriction that has a term: these have none of their own. */
const duoTerms: Partial<Record<keyof typeof Purpose, string>> = { GENERAL_RESEARCH: "0000042", HEALTH_MEDICAL_BIOMEDICAL: "0000006", DISEASE_SPECIFIC: "0000007", POPULATION_ANCESTRY: "0000011", CLINICAL_CARE: "0000043" };
const mediaTypes: Readonly<Record<string, string>> = { FHIR_JSON: "application/fhir+json", FHIR_NDJSON: "application/fhir+ndjson", HL7V2: "application/edi-hl7v2", CSV: "text/csv", DICOM: "application/dicom", NOTE: "text/plain" };
const structured = new Set([DataKind.FHIR, DataKind.HL7V2, DataKind.TABULAR]);

export const catalogueAddress = ({ publicUrl }: CatalogueSite): string => `${publicUrl}/catalog#catalogue`;
export const datasetAddress = ({ publicUrl }: CatalogueSite, listingId: string): string => `${publicUrl}/catalog/datasets/${listingId}`;

/** Two digits that matter: a catalogue tells how large, not how many exactly. */
function coarse(count: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, count))) - 1);
  return Math.round(count / unit) * unit;
}

const object = (value: unknown): Record<string, unknown> => (typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {});
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value.slice(0, 64) : []);
const count = (value: unknown): number | null => (typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null);
const words = (value: unknown): string | null => (typeof value === "string" && value.trim() !== "" ? value.slice(0, 1_000) : null);

/** Code systems that can be addresses of nodes. */
const systemsOf = ({ metadata }: DatasetRow): string[] =>
  list(object(metadata?.["profile"])["codeSystems"]).flatMap((each) => words(object(each)["name"]) ?? []).filter((each) => /^(https?|urn):[^\s<>"{}|\\^`]+$/.test(each));

/** A listing as HealthDCAT-AP's dataset, with the nodes that belong to it alone. */
export function describeDataset(site: CatalogueSite, row: DatasetRow): Described[] {
  const id = datasetAddress(site, row.id);
  const part = (name: string): string => `${id}#${name}`;
  const profile = object(row.metadata?.["profile"]);
  const format = words(row.metadata?.["format"]);
  const kind = (DataKind[row.dataKind] ?? "MIXED").replaceAll("_", " ");
  const title = words(row.metadata?.["title"]) ?? `${kind} data set`;
  const [records, patients] = [count(profile["recordCount"]), count(profile["patientCount"])];
  const modalities = list(profile["modalities"]).flatMap((each) => words(each) ?? []);
  const purposes = bitNames(Purpose, Number(row.purposes));
  const price = toMoney(site.currency, row.price).decimal;
  const place = placeOf(row.region);
  const years = yearsOf(profile);
  const optional = (value: Value | null): readonly Value[] => (value === null ? [] : [value]);
  const publisher = row.provider === null ? `${site.publicUrl}/catalog#anonymous-provider` : `${site.publicUrl}/catalog#provider-${row.provider}`;

  return [
    {
      id,
      types: ["dcat:Dataset"],
      properties: {
        "dct:identifier": plain(row.id),
        "dct:title": english(title),
        "dct:description": english(`${title}. De-identified, encrypted, approved by ${row.approvals} independent auditors; offered for ${purposes.map((each) => each.toLowerCase().replaceAll("_", " ")).join(", ")} at ${price} ${site.currency.symbol}. Its key is given to accredited buyers alone.`),
        "dct:publisher": node(publisher),
        "dcat:contactPoint": node(`${site.publicUrl}/catalog#contact`),
        "dct:accessRights": node(terms.restricted),
        "dcatap:applicableLegislation": [node(terms.healthDataSpace), node(terms.dataProtection)],
        "dct:issued": typed(row.listedTime.toISOString(), "xsd:dateTime"),
        "dct:modified": typed(row.changedTime.toISOString(), "xsd:dateTime"),
        "dcat:theme": node(terms.health),
        "dcat:keyword": [kind.toLowerCase(), ...modalities.map((each) => each.replace("IMAGING:", "imaging ").replaceAll("_", " ").toLowerCase())].map(english),
        "dct:spatial": node(part("place")),
        ...(years ? { "dct:temporal": node(part("period")) } : {}),
        "dct:provenance": node(part("provenance")),
        "dcat:landingPage": node(id),
        "dcat:distribution": node(part("distribution")),
        "odrl:hasPolicy": node(part("offer")),
        "healthdcatap:hdab": node(`${site.publicUrl}/catalog#access-body`),
        "healthdcatap:healthCategory": node(`${site.publicUrl}/catalog#health-records`),
        "healthdcatap:hasStructuredData": typed(String(structured.has(row.dataKind)), "xsd:boolean"),
        "healthdcatap:numberOfRecords": optional(records === null ? null : typed(coarse(records), "xsd:nonNegativeInteger")),
        "healthdcatap:numberOfUniqueIndividuals": optional(patients === null ? null : typed(coarse(patients), "xsd:nonNegativeInteger")),
        "healthdcatap:hasCodingSystem": systemsOf(row).map(node),
        "dpv:hasPersonalData": node(terms.healthRecord),
        "dpv:hasPurpose": purposes.map((each) => node(`${site.publicUrl}/catalog#purpose-${each}`)),
        "dpv:hasLegalBasis": node(part("legal-basis")),
      },
    },
    ...(row.provider === null ? [] : [{ id: publisher, types: ["foaf:Agent"], properties: { "foaf:name": english(`Accredited provider ${row.provider} (${(ParticipantKind[row.providerKind ?? 0] ?? "unknown").toLowerCase().replaceAll("_", " ")})`), "dct:identifier": plain(`eip155:${site.chainId}:${row.provider}`) } } satisfies Described]),
    { id: part("place"), types: ["dct:Location"], properties: { "rdfs:label": english(place.name), "dct:identifier": plain(place.code) } },
    ...(years ? [{ id: part("period"), types: ["dct:PeriodOfTime"], properties: { "dcat:startDate": typed(years.from, "xsd:gYear"), "dcat:endDate": typed(years.to, "xsd:gYear"), "rdfs:comment": english("Dates are shifted: up to two years off.") } } satisfies Described] : []),
    { id: part("provenance"), types: ["dct:ProvenanceStatement"], properties: { "rdfs:label": english(`Listed in block ${row.listedBlock} of chain ${site.chainId}, transaction ${row.transactionHash}; metadata hash ${row.metadataHash}. Its whole way: listing { provenance } at ${site.publicUrl}/graphql.`) } },
    { id: part("legal-basis"), types: ["dpv:LegalBasis"], properties: { "rdfs:label": english(`The provider's evidence, whose hash is on the chain: ${row.legalEvidenceHash}`) } },
    {
      id: part("distribution"),
      types: ["dcat:Distribution"],
      properties: {
        "dct:title": english(`${title}, encrypted (age)`),
        "dcat:accessURL": node(`${site.publicUrl}/graphql`),
        "dcat:accessService": node(`${site.publicUrl}/catalog#api`),
        "dcatap:applicableLegislation": node(terms.healthDataSpace),
        "dcat:mediaType": optional(format !== null && mediaTypes[format] !== undefined ? node(`https://www.iana.org/assignments/media-types/${mediaTypes[format]}`) : null),
        "dct:rights": node(part("offer")),
        "odrl:hasPolicy": node(part("offer")),
      },
    },
    ...describeOffer(site, row, { id, part, publisher, price, purposes }),
  ];
}

/** ODRL: use is permitted for these purposes, once the price is paid. */
function describeOffer(site: CatalogueSite, row: DatasetRow, { id, part, publisher, price, purposes }: { id: string; part: (name: string) => string; publisher: string; price: string; purposes: readonly string[] }): Described[] {
  return [
    { id: part("offer"), types: ["odrl:Offer", "dct:RightsStatement"], properties: { "odrl:uid": node(part("offer")), "odrl:permission": node(part("permission")), "rdfs:label": english(`For accredited buyers, at ${price} ${site.currency.symbol}`) } },
    { id: part("permission"), types: ["odrl:Permission"], properties: { "odrl:target": node(id), "odrl:assigner": node(publisher), "odrl:action": node(iri("odrl:use")), "odrl:constraint": node(part("purpose")), "odrl:duty": node(part("payment")) } },
    { id: part("purpose"), types: ["odrl:Constraint"], properties: { "odrl:leftOperand": node(iri("odrl:purpose")), "odrl:operator": node(iri("odrl:isAnyOf")), "odrl:rightOperand": purposes.map((each) => node(`${site.publicUrl}/catalog#purpose-${each}`)) } },
    { id: part("payment"), types: ["odrl:Duty"], properties: { "odrl:action": node(part("compensation")) } },
    { id: part("compensation"), types: ["odrl:Action"], properties: { "rdf:value": node(iri("odrl:compensate")), "odrl:refinement": node(part("amount")) } },
    { id: part("amount"), types: ["odrl:Constraint"], properties: { "odrl:leftOperand": node(iri("odrl:payAmount")), "odrl:operator": node(iri("odrl:eq")), "odrl:rightOperand": typed(price, "xsd:decimal"), "odrl:unit": node(`eip155:${site.chainId}/erc20:${site.token}`) } },
  ];
}

/** What the datasets of a page share, so that each page can be read by itself. */
export function describeShared(site: CatalogueSite, rows: readonly DatasetRow[]): Described[] {
  const shared = (name: string): string => `${site.publicUrl}/catalog#${name}`;
  const systems = new Set(rows.flatMap(systemsOf));
  return [
    ...(rows.some(({ provider }) => provider === null) ? [{ id: shared("anonymous-provider"), types: ["foaf:Agent"], properties: { "foaf:name": english("An accredited provider, one of a ring, who is not named") } } satisfies Described] : []),
    { id: shared("contact"), types: ["vcard:Kind"], properties: { "vcard:fn": english("The marketplace"), "vcard:hasURL": node(`${site.publicUrl}/graphql`) } },
    { id: shared("access-body"), types: ["foaf:Agent"], properties: { "foaf:name": english(site.accessBody ?? "None is designated for this marketplace: its auditors decide") } },
    { id: shared("health-records"), types: ["skos:Concept"], properties: { "skos:prefLabel": english("Electronic health data from electronic health records: Regulation (EU) 2025/327, Article 51(1)(a)") } },
    ...[...systems].map((address): Described => ({ id: address, types: ["dct:Standard"], properties: { "dct:identifier": plain(address) } })),
    ...Object.entries(Purpose).flatMap(([name, bit]): Described[] =>
      typeof bit !== "number" ? [] : [{ id: shared(`purpose-${name}`), types: ["dpv:Purpose"], properties: { "rdfs:label": english(name.toLowerCase().replaceAll("_", " ")), ...(duoTerms[name as keyof typeof Purpose] === undefined ? {} : { "skos:exactMatch": node(`${terms.duo}${duoTerms[name as keyof typeof Purpose]}`) }) } }]),
    { id: shared("api"), types: ["dcat:DataService"], properties: { "dct:title": english("GraphQL API"), "dcat:endpointURL": node(`${site.publicUrl}/graphql`), "dcat:endpointDescription": node(`${site.publicUrl}/schema.graphql`), "dct:accessRights": node(terms.publicAccess) } },
  ];
}

/** @param region - ISO 3166-1 numeric: CLDR knows each as an alias of its letters. */
function placeOf(region: number): { name: string; code: string } {
  const digits = String(region).padStart(3, "0");
  const code = /^\d{3}$/.test(digits) ? (Intl.getCanonicalLocales(`und-${digits}`)[0]?.slice(4) ?? digits) : digits;
  return { name: (/^[A-Z]{2}$/.test(code) ? new Intl.DisplayNames("en", { type: "region" }).of(code) : undefined) ?? `Region ${digits}`, code };
}

function yearsOf({ newestYear, spanYears }: Record<string, unknown>): { from: string; to: string } | null {
  if (typeof newestYear !== "number" || typeof spanYears !== "number" || !(newestYear >= 1_000 && newestYear <= 9_999 && spanYears >= 0)) return null;
  return { from: String(Math.max(1_000, Math.floor(newestYear - spanYears))), to: String(Math.floor(newestYear)) };
}
