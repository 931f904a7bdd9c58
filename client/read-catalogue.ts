import { AppError } from "../schema/errors.js";
import type { GalenClient } from "./client.js";

/** A node of the catalogue in JSON-LD: compact, by the prefixes of its context. */
export type CatalogueNode = Readonly<Record<string, unknown>> & { readonly "@id": string; readonly "@type": readonly string[] };

interface Page {
  "@context": Record<string, string>;
  "@graph": CatalogueNode[];
}

/**
 * The whole catalogue (HealthDCAT-AP) of one block, page by page: one document with each node once.
 * @throws AppError API_UNREACHABLE
 */
export async function readCatalogue(client: Pick<GalenClient, "apiUrl">): Promise<{ "@context": Record<string, string>; "@graph": CatalogueNode[] }> {
  const nodes = new Map<string, CatalogueNode>();
  const datasets: unknown[] = [];
  let context: Record<string, string> = {};
  for (let next: string | undefined = `${client.apiUrl}/catalog.jsonld`; next !== undefined; ) {
    const page: Page = await fetchPage(next);
    context = page["@context"];
    next = undefined;
    for (const node of page["@graph"]) {
      const following = node["hydra:next"] as { "@id": string }[] | undefined;
      if (following?.[0]) {
        const { pathname, search } = new URL(following[0]["@id"]);
        next = new URL(pathname + search, client.apiUrl).href;
      }
      if (node["@type"].includes("dcat:Catalog")) datasets.push(...((node["dcat:dataset"] ?? []) as unknown[]));
      if (!node["@type"].includes("hydra:PartialCollectionView")) nodes.set(node["@id"], node);
    }
  }
  const graph = [...nodes.values()].map((node) => {
    if (!node["@type"].includes("dcat:Catalog")) return node;
    const { "hydra:view": _view, ...rest } = node;
    return { ...rest, "dcat:dataset": datasets } as unknown as CatalogueNode;
  });
  return { "@context": context, "@graph": graph };
}

async function fetchPage(address: string): Promise<Page> {
  try {
    const response = await fetch(address, { headers: { accept: "application/ld+json" } });
    if (!response.ok) throw new Error(`${response.status}`);
    return (await response.json()) as Page;
  } catch (cause) {
    throw new AppError("API_UNREACHABLE", `The catalogue at ${address} cannot be read.`, { cause });
  }
}
