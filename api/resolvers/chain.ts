import { Arg, Ctx, ID, Int, Query, Resolver } from "type-graphql";
import { Block as BlockEntity, ChainTransaction } from "../../schema/entities/index.js";
import type { ApiContext } from "../context.js";
import { parseHash, parseRange } from "../input/parse.js";
import { For } from "../rules/rule.js";
import { anyone } from "../rules/rules.js";
import { Block, Chain, ChainTransactionType } from "../types/chain.js";
import type { IndexStatus } from "../types/states.js";

@Resolver()
export class ChainResolver {
  @For(anyone)
  @Query(() => Chain, { description: "The chain, its contracts, and how far the index has followed it." })
  async chain(@Ctx() { deps: { market, freshness, publicUrl } }: ApiContext): Promise<Chain> {
    const now = await freshness.now();
    const { deployment } = market;
    const addresses: Record<string, string> = { Marketplace: deployment.marketplace, PaymentToken: deployment.token, AccessManager: deployment.accessManager };
    return {
      chainId: deployment.chainId,
      head: now.head,
      indexedBlock: now.indexedBlock,
      indexedHash: now.indexedHash,
      indexedTime: now.indexedTime === null ? null : new Date(now.indexedTime),
      finalizedBlock: now.finalized,
      status: now.status as IndexStatus,
      contracts: market.abis.map(({ contract, file, hash }) => ({ name: contract, address: addresses[contract] ?? "", abiUrl: `${publicUrl}/abi/${file}`, abiHash: hash })),
      token: { address: deployment.token, ...market.currency },
      rpcUrl: market.publicRpcUrl,
      auditQuorum: market.auditQuorum,
      deliveryWindowSeconds: market.deliveryWindowSeconds,
      settleWindowSeconds: market.settleWindowSeconds,
    };
  }

  @For(anyone)
  @Query(() => ChainTransactionType, { nullable: true, description: "A transaction of the market by its hash; null if the index has none." })
  async transaction(@Arg("hash", () => ID, { description: "Its hash." }) hash: string, @Ctx() { deps }: ApiContext): Promise<ChainTransaction | null> {
    return deps.database.getRepository(ChainTransaction).findOneBy({ hash: parseHash("hash", hash) });
  }

  @For(anyone)
  @Query(() => Block, { nullable: true, description: "A block by its number; null if the index has none." })
  async block(@Arg("number", () => Int, { description: "Its number." }) number: number, @Ctx() { deps }: ApiContext): Promise<BlockEntity | null> {
    return deps.database.getRepository(BlockEntity).findOneBy({ number: parseRange("number", number, 0, 2_147_483_647) });
  }
}
