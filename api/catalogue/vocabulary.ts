/** Prefixes of the vocabularies that the catalogue is written in. */
export const prefixes = {
  adms: "http://www.w3.org/ns/adms#",
  dcat: "http://www.w3.org/ns/dcat#",
  dcatap: "http://data.europa.eu/r5r/",
  dct: "http://purl.org/dc/terms/",
  dpv: "https://w3id.org/dpv#",
  foaf: "http://xmlns.com/foaf/0.1/",
  healthdcatap: "http://healthdataportal.eu/ns/health#",
  hydra: "http://www.w3.org/ns/hydra/core#",
  odrl: "http://www.w3.org/ns/odrl/2/",
  rdf: "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
  rdfs: "http://www.w3.org/2000/01/rdf-schema#",
  skos: "http://www.w3.org/2004/02/skos/core#",
  vcard: "http://www.w3.org/2006/vcard/ns#",
  xsd: "http://www.w3.org/2001/XMLSchema#",
} as const;

/** `dct:title` → its IRI. */
export const iri = (name: `${keyof typeof prefixes}:${string}`): string => {
  const [prefix, local] = name.split(":") as [keyof typeof prefixes, string];
  return `${prefixes[prefix]}${local}`;
};

/** Authority tables of the EU and others that the profiles ask for. */
export const terms = {
  restricted: "http://publications.europa.eu/resource/authority/access-right/RESTRICTED",
  publicAccess: "http://publications.europa.eu/resource/authority/access-right/PUBLIC",
  health: "http://publications.europa.eu/resource/authority/data-theme/HEAL",
  english: "http://publications.europa.eu/resource/authority/language/ENG",
  /** Regulation (EU) 2025/327, European Health Data Space, and (EU) 2016/679, GDPR. */
  healthDataSpace: "http://data.europa.eu/eli/reg/2025/327/oj",
  dataProtection: "http://data.europa.eu/eli/reg/2016/679/oj",
  healthRecord: "https://w3id.org/dpv/pd#HealthRecord",
  duo: "http://purl.obolibrary.org/obo/DUO_",
} as const;
