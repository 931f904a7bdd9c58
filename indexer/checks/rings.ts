import { keccakHex } from "../keccak.js";
import { sampleRows, type Sample, type Sampler } from "./sample.js";

interface Row {
  hash: string;
  members: number;
  quota: number;
  epoch_length: string;
  epoch: string;
  used: number;
  revoked: boolean;
}

const zeroAddress = `0x${"0".repeat(40)}`;

/** A ring and what is used of its quota; its members are checked by the hash that they make. */
export const rings: Sampler = async (options) => {
  const rows = await sampleRows<Row>(options, "ring", "hash", 64);
  return Promise.all(
    rows.map(async (row): Promise<Sample> => {
      const { rows: members } = await options.sql.query<{ key: string }>("select key from public.ring_member where ring_hash = $1 order by position", [row.hash]);
      const hash = keccakHex(Buffer.from(members.map(({ key }) => key.slice(2)).join(""), "hex"));
      return {
        name: `ring ${row.hash}`,
        // Members of another hash are of another ring: the contract knows none there.
        call: { view: "ring", args: [hash] },
        expected: {
          ...{ quota: `${row.quota}`, used: `${row.used}`, epochLength: row.epoch_length, epoch: row.epoch },
          ...(row.revoked ? { store: zeroAddress } : {}),
        },
      };
    }),
  );
};
