import type { GraphQLResolveInfo } from "graphql";
import { Arg, Args, Ctx, FieldResolver, ID, Info, Int, Query, Resolver, Root } from "type-graphql";
import type { Block as BlockEntity, ChainTransaction, MarketEvent } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import { readChainHealth } from "../chain/health.js";
import type { ApiContext } from "../context.js";
import { parseHash, parseRange } from "../input/parse.js";
import { Cost, nodeCallCost } from "../limits/costs.js";
import { For } from "../rules/rule.js";
import { anyone } from "../rules/rules.js";
import { showMarketEvent } from "../feed/market-events.js";
import { blockCertificate } from "../proof/block-certificate.js";
import { readOne } from "../reading/read-one.js";
import { resolveRelated } from "../reading/resolve-related.js";
import { blockTable, transactionTable } from "../reading/tables.js";
import { Block, Chain, ChainTransactionType, MarketEventType } from "../types/chain.js";
import { ChainArgs } from "../types/page-args.js";
import { BlockCertificate } from "../types/proof.js";
import type { IndexStatus } from "../types/states.js";

const isGiven = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined;

/** A block is named by one of both. @throws AppError BAD_INPUT */
function requireOne(number: number | null, hash: string | null): void {
  if (isGiven(number) === isGiven(hash)) throw new AppError("BAD_INPUT", "block: exactly one of number and hash", { details: { field: "number" } });
}

@Resolver()
export class ChainResolver {
  @For(anyone)
  @Query(() => Chain, { description: "The chain, its contracts, and how far the index has followed it." })
  async chain(@Ctx() { deps: { database, market, freshness, publicUrl } }: ApiContext): Promise<Chain> {
    const now = await freshness.now();
    const { deployment } = market;
    const addresses: Record<string, string> = { Marketplace: deployment.marketplace, PaymentToken: deployment.token, AccessManager: deployment.accessManager, AuditDraw: deployment.auditDraw ?? "" };
    return {
      chainId: deployment.chainId,
      head: now.head,
      indexedBlock: now.indexedBlock,
      indexedHash: now.indexedHash,
      indexedTime: now.indexedTime === null ? null : new Date(now.indexedTime),
      finalizedBlock: now.finalized,
      status: now.status as IndexStatus,
      ...(await readChainHealth(database)),
      contracts: market.abis.map(({ contract, file, hash }) => ({ name: contract, address: addresses[contract] ?? "", abiUrl: `${publicUrl}/abi/${file}`, abiHash: hash })),
      token: { address: deployment.token, ...market.currency },
      rpcUrl: market.publicRpcUrl,
      auditQuorum: market.auditQuorum,
      deliveryWindowSeconds: market.deliveryWindowSeconds,
      settleWindowSeconds: market.settleWindowSeconds,
    };
  }

  @For(anyone)
  @Cost(nodeCallCost)
  @Query(() => BlockCertificate, { nullable: true, description: "The header of any block of the chain, by its number or hash; null if there is none. Errors: BAD_INPUT unless exactly one is given, CHAIN_UNAVAILABLE." })
  async blockCertificate(
    @Arg("number", () => Int, { nullable: true, description: "Its number." }) number: number | null,
    @Arg("hash", () => ID, { nullable: true, description: "Its hash." }) hash: string | null,
    @Ctx() { deps }: ApiContext,
  ): Promise<BlockCertificate | null> {
    requireOne(number, hash);
    return blockCertificate(deps, isGiven(number) ? { number: parseRange("number", number, 0, 2_147_483_647) } : { hash: parseHash("hash", hash!) });
  }

  @For(anyone)
  @Query(() => ChainTransactionType, { nullable: true, description: "A transaction of the market by its hash; null if the index has none." })
  async transaction(@Arg("hash", () => ID, { description: "Its hash." }) hash: string, @Args(() => ChainArgs) chain: ChainArgs, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): Promise<ChainTransaction | null> {
    return readOne(context, transactionTable, "hash", parseHash("hash", hash), chain, info);
  }

  @For(anyone)
  @Query(() => Block, { nullable: true, description: "A block with events of the market, by its number or hash; null if the index has none. Errors: BAD_INPUT unless exactly one is given." })
  async block(
    @Arg("number", () => Int, { nullable: true, description: "Its number." }) number: number | null,
    @Arg("hash", () => ID, { nullable: true, description: "Its hash." }) hash: string | null,
    @Args(() => ChainArgs) chain: ChainArgs,
    @Ctx() context: ApiContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<BlockEntity | null> {
    requireOne(number, hash);
    return isGiven(number)
      ? readOne(context, blockTable, "number", parseRange("number", number, 0, 2_147_483_647), chain, info)
      : readOne(context, blockTable, "hash", parseHash("hash", hash!), chain, info);
  }
}

@Resolver(() => ChainTransactionType)
export class ChainTransactionResolver {
  @For(anyone)
  @FieldResolver(() => Block, { description: "The block that it is in." })
  block(@Root() transaction: ChainTransaction, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): BlockEntity | Promise<BlockEntity> {
    return resolveRelated(context, transactionTable, transaction, info);
  }

  @For(anyone)
  @FieldResolver(() => [MarketEventType], { description: "Its events, in order." })
  async events(@Root() transaction: ChainTransaction, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): Promise<MarketEventType[]> {
    return (await resolveRelated<MarketEvent[], ChainTransaction>(context, transactionTable, transaction, info)).map((event) => showMarketEvent(context.deps.keys.cursor, event));
  }
}

@Resolver(() => Block)
export class BlockResolver {
  @For(anyone)
  @FieldResolver(() => [ChainTransactionType], { description: "Its transactions with events of the market, in order." })
  transactions(@Root() block: BlockEntity, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): ChainTransaction[] | Promise<ChainTransaction[]> {
    return resolveRelated(context, blockTable, block, info);
  }

  @For(anyone)
  @FieldResolver(() => [MarketEventType], { description: "Its events of the market, in order." })
  async events(@Root() block: BlockEntity, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): Promise<MarketEventType[]> {
    return (await resolveRelated<MarketEvent[], BlockEntity>(context, blockTable, block, info)).map((event) => showMarketEvent(context.deps.keys.cursor, event));
  }
}
