import { check } from "../../../workers/jobs/check.js";
import { deidentify } from "../../../workers/jobs/deidentify.js";
import { encrypt } from "../../../workers/jobs/encrypt.js";
import { ingest } from "../../../workers/jobs/ingest.js";
import { price } from "../../../workers/jobs/price.js";
import { publish } from "../../../workers/jobs/publish.js";
import { store } from "../../../workers/jobs/store.js";
import type { TestStack } from "./test-stack.js";
import { approve, consent, project } from "./trade.js";

/** Takes a file all the way to an approved listing on the chain, without queues. */
export async function listed(stack: TestStack, bytes: Uint8Array, set: Parameters<TestStack["receive"]>[1] = {}): Promise<{ uploadId: string; listingId: string }> {
  const { deps, database, provider, wallets } = stack;
  const uploadId = await stack.receive(bytes, set);
  for (const job of [ingest(deps), deidentify(deps), check(deps), price(deps), encrypt(deps), store(deps)]) await job({ uploadId });
  await consent(stack, uploadId);
  await publish(deps)({ uploadId });
  const [row] = (await database.query("select data from app.tx_outbox where purpose = $1", [`publish:${uploadId}`])) as { data: string }[];
  const sent = await wallets.RELAYER.connect(provider).sendTransaction({ to: deps.market.address, data: row?.data ?? "0x", type: 0, gasPrice: 0n });
  await provider.waitForTransaction(sent.hash, 1, 10_000);
  await database.query("update app.tx_outbox set status = 'FINAL' where purpose = $1", [`publish:${uploadId}`]);
  const listingId = (await stack.upload(uploadId)).listingId ?? "";
  await approve(stack, listingId);
  await project(stack);
  return { uploadId, listingId };
}
