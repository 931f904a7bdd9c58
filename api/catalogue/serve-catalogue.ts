import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Writer } from "n3";
import { AppError } from "../../schema/errors.js";
import type { ApiDeps } from "../deps.js";
import { requestUrl } from "../http/request-url.js";
import { sendCompressed, sendText } from "../http/send.js";
import { parseHash, parseRange } from "../input/parse.js";
import { catalogueAddress, datasetAddress, describeDataset, describeShared, type CatalogueSite } from "./describe-dataset.js";
import { english, node, toJsonLd, toQuads, typed, type Described } from "./graph.js";
import { catalogueState, pageSize, readDatasets, type DatasetRow } from "./read-datasets.js";
import { prefixes, terms } from "./vocabulary.js";

type Form = "ttl" | "jsonld";
const mimes: Readonly<Record<Form, string>> = { ttl: "text/turtle; charset=utf-8", jsonld: "application/ld+json" };

/** By the address's ending, or by what the client takes; Turtle for who takes anything. */
function formOf(pathname: string, accept: string): Form {
  const ending = /\.(ttl|jsonld)$/.exec(pathname)?.[1] as Form | undefined;
  if (ending !== undefined) return ending;
  const wants = (pattern: RegExp): number => Number((accept.split(",").find((each) => pattern.test(each)) ?? ";q=0").match(/;\s*q=([\d.]+)/)?.[1] ?? 1);
  return wants(/application\/(ld\+)?json/) > wants(/text\/turtle/) ? "jsonld" : "ttl";
}

/**
 * GET /catalog, /catalog.ttl, /catalog.jsonld: the approved listings as HealthDCAT-AP, page by page (hydra), each page of the same block;
 * /catalog/datasets/<listing id>: one of them.
 * @throws AppError NOT_FOUND, BAD_INPUT
 */
export async function serveCatalogue(deps: ApiDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { database, market, publicUrl } = deps;
  const { pathname, searchParams } = requestUrl(request);
  const form = formOf(pathname, request.headers.accept ?? "");
  const site: CatalogueSite = { publicUrl, chainId: Number(market.deployment.chainId), token: market.deployment.token, currency: market.currency, accessBody: deps.http.healthDataAccessBody };
  const asked = searchParams.get("block");
  const state = await catalogueState(database, asked === null ? null : parseRange("block", /^\d{1,10}$/.test(asked) ? Number(asked) : -1, 0, 2_147_483_647));
  const dataset = /^\/catalog\/datasets\/([^/.]+)(\.ttl|\.jsonld)?$/.exec(pathname)?.[1];
  const graph = dataset === undefined ? await describePage(site, deps, state, searchParams.get("after"), form) : await describeOne(site, deps, state.block, dataset);

  const body = form === "jsonld" ? JSON.stringify(toJsonLd(graph)) : await toTurtle(graph);
  const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 27)}"`;
  const headers = { etag, "cache-control": "public, max-age=60", ...(state.time ? { "last-modified": state.time.toUTCString() } : {}) };
  response.setHeader("vary", [response.getHeader("vary"), "accept"].filter((each) => each !== undefined).join(", "));
  if (request.headers["if-none-match"]?.split(",").some((each) => each.trim().replace(/^W\//, "") === etag)) return sendText(response, 304, mimes[form], "", headers);
  return sendCompressed(response, 200, mimes[form], body, headers);
}

async function describeOne(site: CatalogueSite, { database }: ApiDeps, block: number, id: string): Promise<Described[]> {
  if (!/^0x[0-9a-f]{64}$/.test(id)) throw new AppError("NOT_FOUND", "There is no such data set.");
  const rows = await readDatasets(database, block, { id });
  if (rows.length === 0) throw new AppError("NOT_FOUND", "There is no such data set on offer.");
  return [...describeShared(site, rows), ...rows.flatMap((row) => describeDataset(site, row))];
}

async function describePage(site: CatalogueSite, { database }: ApiDeps, { block, time, count }: { block: number; time: Date | null; count: number }, after: string | null, form: Form): Promise<Described[]> {
  const found = await readDatasets(database, block, after === null ? {} : { after: parseHash("after", after) });
  const rows = found.slice(0, pageSize);
  const address = (from: string | null): string => `${site.publicUrl}/catalog.${form}?block=${block}${from === null ? "" : `&after=${from}`}`;
  const last = rows.at(-1);
  const catalogue = catalogueAddress(site);
  return [
    {
      id: catalogue,
      types: ["dcat:Catalog", "hydra:Collection"],
      properties: {
        "dct:title": english("Galen medical-data marketplace"),
        "dct:description": english(`De-identified medical data sets on offer to accredited buyers, as of block ${block} of chain ${site.chainId}.`),
        "dct:publisher": node(`${site.publicUrl}/catalog#marketplace`),
        "dct:language": node(terms.english),
        "dcatap:applicableLegislation": node(terms.healthDataSpace),
        ...(time ? { "dct:modified": typed(time.toISOString(), "xsd:dateTime") } : {}),
        "foaf:homepage": node(`${site.publicUrl}/graphql`),
        "dcat:service": node(`${site.publicUrl}/catalog#api`),
        "dcat:dataset": rows.map(({ id }: DatasetRow) => node(datasetAddress(site, id))),
        "hydra:totalItems": typed(count, "xsd:integer"),
        "hydra:view": node(address(after)),
      },
    },
    {
      id: address(after),
      types: ["hydra:PartialCollectionView"],
      properties: { "hydra:first": node(address(null)), ...(found.length > pageSize && last ? { "hydra:next": node(address(last.id)) } : {}) },
    },
    { id: `${site.publicUrl}/catalog#marketplace`, types: ["foaf:Agent"], properties: { "foaf:name": english("Galen medical-data marketplace"), "foaf:homepage": node(`${site.publicUrl}/graphql`) } },
    { id: `${site.publicUrl}/graphql`, types: ["foaf:Document"], properties: {} },
    ...describeShared(site, rows),
    ...unique(rows.flatMap((row) => describeDataset(site, row))),
  ];
}

/** A provider of several data sets is described once. */
const unique = (graph: readonly Described[]): Described[] => [...new Map(graph.map((each) => [each.id, each])).values()];

function toTurtle(graph: readonly Described[]): Promise<string> {
  const writer = new Writer({ prefixes });
  writer.addQuads(toQuads(graph));
  return new Promise((resolve, reject) => writer.end((error: Error | null, text: string) => (error ? reject(error) : resolve(text))));
}
