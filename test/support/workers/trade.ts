import { Contract, randomBytes, type InterfaceAbi, type TransactionReceipt } from "ethers";
import { decodeLog } from "../../../indexer/decode-log.js";
import type { EventName, MarketEvent, UnreadableEvent } from "../../../indexer/event-types.js";
import { Listing } from "../../../schema/entities/listing.js";
import { TradeOrder } from "../../../schema/entities/trade-order.js";
import { Upload } from "../../../schema/entities/upload.js";
import { paymentTokenAbi } from "../../../schema/abi/payment-token.js";
import type { Party, TestStack } from "./test-stack.js";

type Stack = TestStack;

/** anvil mines a transaction at once, but for one that comes while it mines another: that waits for the next block, which some tests have once an hour. */
const mined = async ({ provider }: Stack, hash: string): Promise<TransactionReceipt | null> => {
  const receipt = await provider.waitForTransaction(hash, 1, 3_000).catch(() => null);
  if (receipt !== null) return receipt;
  await provider.send("evm_mine", []);
  return provider.waitForTransaction(hash, 1, 10_000);
};

const send = async (stack: Stack, party: Party, to: string, data: string): Promise<void> => {
  const response = await party.wallet.sendTransaction({ to, data, type: 0, gasPrice: 0n });
  const receipt = await mined(stack, response.hash);
  if (receipt?.status !== 1) throw new Error("a transaction of the test failed");
};

/** Signs the provider's consent and hands it in, as `publishListing` does. */
export async function consent(stack: Stack, uploadId: string, price = 5_000_000n, purposes = 3n): Promise<void> {
  const { listingId, owner } = await stack.upload(uploadId);
  const deadline = 4_000_000_000n;
  const domain = { name: "Galen Marketplace", version: "1", chainId: stack.deployment.chainId, verifyingContract: stack.deployment.marketplace };
  const types = { ListingConsent: [{ name: "listingId", type: "bytes32" }, { name: "price", type: "uint64" }, { name: "purposes", type: "uint32" }, { name: "deadline", type: "uint256" }] };
  const consentSignature = await stack.provider1.wallet.signTypedData(domain, types, { listingId, price, purposes, deadline });
  await stack.database.transaction(async (manager) => {
    await manager.getRepository(Upload).update({ id: uploadId, status: "STORED" }, { status: "CONSENTED", price, purposes, consentDeadline: deadline, consentSignature });
    await manager.query("insert into app.activity (kind, account, upload_id, payload) values ('UPLOAD', $1, $2, '{\"status\":\"CONSENTED\"}')", [owner, uploadId]);
  });
}

/** Both auditors approve. */
export async function approve(stack: Stack, listingId: string): Promise<void> {
  const data = stack.deps.market.contract.encodeFunctionData("vote", [listingId, true, 0]);
  for (const auditor of [stack.auditor1, stack.auditor2]) await send(stack, auditor, stack.deployment.marketplace, data);
}

/** The buyer gets test dollars and buys. @returns the order's id and salt. */
export async function buy(stack: Stack, listingId: string, price = 5_000_000n): Promise<{ orderId: string; salt: string }> {
  const { buyer, admin, deployment, deps } = stack;
  const token = new Contract(deployment.token, paymentTokenAbi as InterfaceAbi).interface;
  const minted = await admin.sendTransaction({ to: deployment.token, data: token.encodeFunctionData("mint", [buyer.account, price, randomBytes(32)]), type: 0, gasPrice: 0n });
  await mined(stack, minted.hash);
  await send(stack, buyer, deployment.token, token.encodeFunctionData("approve", [deployment.marketplace, price]));
  const salt = `0x${Buffer.from(randomBytes(32)).toString("hex")}`;
  const data = deps.market.contract.encodeFunctionData("purchase", [[{ listingId, maxPrice: price, purpose: 1, salt }]]);
  await send(stack, buyer, deployment.marketplace, data);
  return { orderId: deps.market.contract.decodeFunctionResult("orderIdOf", await stack.provider.call({ to: deployment.marketplace, data: deps.market.contract.encodeFunctionData("orderIdOf", [listingId, buyer.account, salt]) }))[0] as string, salt };
}

/**
 * Writes what the indexer would have written by now: the newest version of each listing and order, and how far the chain is final.
 * Call it again after new blocks.
 */
export async function project(stack: Stack, finalityDepth = 0): Promise<void> {
  const { provider, deployment, database } = stack;
  const logs = await provider.getLogs({ address: deployment.marketplace, fromBlock: 0 });
  const head = await provider.getBlock("latest");
  if (!head) throw new Error("the chain has no block");
  await database.transaction(async (manager) => {
    await manager.query("delete from public.listing");
    await manager.query("delete from public.trade_order");
    const events = logs.flatMap(({ blockNumber, blockHash, transactionHash, index, topics, data }) =>
      decodeLog({ blockNumber, blockHash, blockTime: new Date(0), transactionHash, logIndex: index, topics, data }));
    for (const event of events) {
      const { blockNumber, transactionHash, logIndex } = event;
      const at = { fromBlock: blockNumber, toBlock: null, blockTime: new Date(0), transactionHash, logIndex };
      const orders = manager.getRepository(TradeOrder);
      if (is(event, "Listed")) await manager.getRepository(Listing).insert({ ...listedRow(event), ...at, listedBlock: blockNumber, listedTime: new Date(0), listedTransaction: transactionHash });
      if (is(event, "Approved")) await manager.getRepository(Listing).update({ id: event.args.listingId }, { status: "APPROVED" });
      if (is(event, "Purchased")) {
        const { orderId: id, purpose, ...args } = event.args;
        const bought = { purchasedBlock: blockNumber, purchasedTime: new Date(0), purchasedTransaction: transactionHash };
        await orders.insert({ id, status: "PAID", purpose: BigInt(purpose), ...args, ...at, ...bought });
      }
      if (is(event, "Delivered")) await orders.update({ id: event.args.orderId }, { status: "DELIVERED", deliveryCommitment: event.args.deliveryCommitment, settleAfter: event.args.settleAfter });
      if (is(event, "Settled")) await orders.update({ id: event.args.orderId }, { status: "SETTLED" });
      if (is(event, "Refunded")) await orders.update({ id: event.args.orderId }, { status: "REFUNDED" });
    }
    const final = Math.max(0, head.number - finalityDepth);
    await manager.query(
      `insert into public.chain_status (id, chain_id, marketplace, height, hash, finalized_height, finalized_hash, status) values (1, $1, $2, $3, $4, $5, $4, 'LIVE')
       on conflict (id) do update set height = excluded.height, hash = excluded.hash, finalized_height = excluded.finalized_height`,
      [deployment.chainId, deployment.marketplace.toLowerCase(), head.number, head.hash, final],
    );
  });
}

const is = <Name extends EventName>(event: MarketEvent | UnreadableEvent, name: Name): event is MarketEvent<Name> => event.args !== null && event.name === name;

function listedRow({ args: { listingId: id, terms, offer } }: MarketEvent<"Listed">): Omit<Listing, "fromBlock" | "toBlock" | "listedBlock" | "listedTime" | "listedTransaction" | "blockTime" | "transactionHash" | "logIndex"> {
  return { id, status: "PENDING", ...terms, ...offer, previousId: null, purposes: BigInt(offer.purposes), approvals: 0, rejections: 0, sales: 0 };
}
