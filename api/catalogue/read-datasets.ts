import type { DataSource } from "typeorm";
import { versionsAt } from "../chain/as-of.js";
import { allOf, bind, part, type SqlPart } from "../filters/sql.js";
import { metadataOf } from "../listings/metadata-of.js";
import { isTradable } from "../listings/unsold.js";

/** Datasets of one page. */
export const pageSize = 200;

/** What the catalogue says of a listing: nothing that a listing without a name tells nowhere else. */
export interface DatasetRow {
  readonly id: string;
  /** Null for an anonymous listing. */
  readonly provider: string | null;
  readonly providerKind: number | null;
  readonly dataKind: number;
  readonly region: number;
  readonly price: bigint;
  readonly purposes: bigint;
  readonly approvals: number;
  readonly metadataHash: string;
  readonly legalEvidenceHash: string;
  readonly listedBlock: number;
  readonly listedTime: Date;
  readonly changedTime: Date;
  readonly transactionHash: string;
  /** Checked against its hash; null where it is not there. */
  readonly metadata: Record<string, unknown> | null;
}

interface Row extends Omit<DatasetRow, "price" | "purposes" | "metadata"> {
  price: string;
  purposes: string;
  body: string | null;
}

const offered = (block: number): SqlPart => allOf([versionsAt("l", block), isTradable("l")]);

/** Approved listings as of a block, by id, one page of them and one more if there are more. @param after - the id before the page */
export async function readDatasets(database: DataSource, block: number, page: { after?: string | undefined; id?: string | undefined }): Promise<DatasetRow[]> {
  const { text, values } = bind(
    part(`select l.id, l.provider, p.kind as "providerKind", l.data_kind as "dataKind", l.region, l.price, l.purposes, l.approvals, l.metadata_hash as "metadataHash",
      l.legal_evidence_hash as "legalEvidenceHash", l.listed_block as "listedBlock", l.listed_time as "listedTime", l.block_time as "changedTime", l.listed_transaction as "transactionHash", m.body
      from listing l left join app.metadata m on m.hash = l.metadata_hash left join participant p on p.account = l.provider and`),
    versionsAt("p", block),
    part("where"),
    allOf([offered(block), ...(page.after === undefined ? [] : [part(`l.id collate "C" > ?`, page.after)]), ...(page.id === undefined ? [] : [part("l.id = ?", page.id)])]),
    part(`order by l.id collate "C" limit ${pageSize + 1}`),
  );
  const rows = (await database.query(text, values)) as Row[];
  return rows.map(({ body, price, purposes, ...row }) => {
    const checked = body === null ? null : metadataOf({ hash: row.metadataHash, body, createdAt: row.listedTime }).body;
    return { ...row, price: BigInt(price), purposes: BigInt(purposes), metadata: typeof checked === "object" && checked !== null ? (checked as Record<string, unknown>) : null };
  });
}

/** The catalogue's state: the newest final block with an event, so that blocks without one change nothing. */
export async function catalogueState(database: DataSource, at: number | null): Promise<{ block: number; time: Date | null; count: number }> {
  const [state] = (await database.query(
    "select b.number, b.time from chain_status s left join lateral (select number, time from block where number <= least(s.finalized_height, coalesce($1::integer, s.finalized_height)) order by number desc limit 1) b on true where s.id = 1",
    [at],
  )) as { number: number | null; time: Date | null }[];
  const block = state?.number ?? 0;
  const { text, values } = bind(part("select count(*)::integer as count from listing l where"), offered(block));
  const [counted] = (await database.query(text, values)) as [{ count: number }];
  return { block, time: state?.time ?? null, count: counted.count };
}
