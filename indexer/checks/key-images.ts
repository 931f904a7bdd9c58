import { sampleRows, type Sampler } from "./sample.js";

/** The listing that a key image was last used for. */
export const keyImages: Sampler = async (options) => {
  const rows = await sampleRows<{ key_image: string }>(options, "key_image", "key_image", 64, "added");
  const { rows: newest } = await options.sql.query<{ key_image: string; listing_id: string }>(
    `select distinct on (key_image) key_image, listing_id from public.key_image where key_image = any($1::text[]) and block_number <= $2
     order by key_image, block_number desc, log_index desc`,
    [rows.map((row) => row.key_image), options.height],
  );
  return newest.map((row) => ({ name: `key_image ${row.key_image}`, call: { view: "listingOfKeyImage", args: [row.key_image] }, expected: { value: row.listing_id } }));
};
