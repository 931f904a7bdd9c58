import { DataFactory, type Quad } from "n3";
import { iri, prefixes } from "./vocabulary.js";

type Name = Parameters<typeof iri>[0];

/** A literal, or the IRI of another node. */
export type Value = { readonly iri: string } | { readonly text: string; readonly language?: string; readonly type?: Name };

export const node = (address: string): Value => ({ iri: address });
export const english = (text: string): Value => ({ text, language: "en" });
export const plain = (text: string): Value => ({ text });
export const typed = (text: string | number, type: Name): Value => ({ text: String(text), type });

/** What is said of one node. There are no blank nodes: each thing has an address, so that two forms of a graph can be compared and pages be cut anywhere. */
export interface Described {
  readonly id: string;
  readonly types: readonly Name[];
  readonly properties: Partial<Record<Name, Value | readonly Value[]>>;
}

const valuesOf = (value: Value | readonly Value[] | undefined): readonly Value[] => (value === undefined ? [] : Array.isArray(value) ? (value as readonly Value[]) : [value as Value]);

/** The graph as quads, for Turtle. */
export function toQuads(graph: readonly Described[]): Quad[] {
  return graph.flatMap(({ id, types, properties }) => [
    ...types.map((type) => DataFactory.quad(DataFactory.namedNode(id), DataFactory.namedNode(iri("rdf:type")), DataFactory.namedNode(iri(type)))),
    ...Object.entries(properties).flatMap(([name, values]) =>
      valuesOf(values).map((value) =>
        DataFactory.quad(DataFactory.namedNode(id), DataFactory.namedNode(iri(name as Name)), "iri" in value ? DataFactory.namedNode(value.iri) : DataFactory.literal(value.text, value.language ?? (value.type === undefined ? undefined : DataFactory.namedNode(iri(value.type)))))),
    ),
  ]);
}

/** The graph as JSON-LD 1.1 with its context beside it: nothing must be fetched to read it. */
export function toJsonLd(graph: readonly Described[]): object {
  const show = (value: Value): object | string => ("iri" in value ? { "@id": value.iri } : { "@value": value.text, ...(value.language === undefined ? {} : { "@language": value.language }), ...(value.type === undefined ? {} : { "@type": value.type }) });
  return {
    "@context": prefixes,
    "@graph": graph.map(({ id, types, properties }) => ({
      "@id": id,
      "@type": types,
      ...Object.fromEntries(Object.entries(properties).map(([name, values]) => [name, valuesOf(values).map(show)] as const).filter(([, shown]) => shown.length > 0)),
    })),
  };
}
