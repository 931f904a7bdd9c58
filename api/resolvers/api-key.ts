import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from "type-graphql";
import { ApiKey, ApiKeyUsage } from "../../schema/entities/index.js";
import { createApiKey, maxKeys, revokeApiKey, rotateApiKey, type IssuedKey } from "../auth/api-keys.js";
import { requireViewer, type ApiContext } from "../context.js";
import { parseRange, parseUuid } from "../input/parse.js";
import { hydrate } from "../loaders/hydrate.js";
import { For } from "../rules/rule.js";
import { ownRows, ownSession } from "../rules/rules.js";
import { ApiKeyInput, ApiKeyType, ApiKeyUsageType, IssuedApiKey } from "../types/api-key.js";

@Resolver(() => ApiKeyType)
export class ApiKeyResolver {
  @For(ownRows("the account itself"))
  @Query(() => [ApiKeyType], { description: "The viewer's API keys, newest first (at most 100), also those that no longer work." })
  async myApiKeys(@Ctx() context: ApiContext): Promise<ApiKey[]> {
    const { account } = requireViewer(context);
    return context.deps.database.getRepository(ApiKey).find({ where: { account }, order: { createdAt: "DESC", id: "ASC" }, take: 5 * maxKeys });
  }

  @For(ownRows("the account itself"))
  @Query(() => [ApiKeyUsageType], { description: "What was asked for with one of the viewer's keys, by day, newest first; counted within a second. Empty for any other's." })
  async apiKeyUsage(
    @Arg("id", () => ID, { description: "The key." }) id: string,
    @Arg("days", () => Int, { defaultValue: 30, description: "How far back: 1 to 366." }) days: number,
    @Ctx() context: ApiContext,
  ): Promise<ApiKeyUsage[]> {
    const { account } = requireViewer(context);
    const { database } = context.deps;
    const rows = (await database.query(
      `select u.key_id, to_char(u.day, 'YYYY-MM-DD') as day, u.requests, u.refused, u.cost, u.last_at from app.api_key_usage u join app.api_key k on k.id = u.key_id
       where k.id = $1 and k.account = $2 and u.day > (now() at time zone 'UTC')::date - $3::int order by u.day desc`,
      [parseUuid("id", id), account, parseRange("days", days, 1, 366)],
    )) as Record<string, unknown>[];
    return hydrate(database, ApiKeyUsage, rows);
  }

  @For(ownSession)
  @Mutation(() => IssuedApiKey, { description: "Makes a key for programs of the viewer; no operator is asked. Errors: BAD_INPUT, LIMIT_EXCEEDED (20 keys that work)." })
  async createApiKey(@Arg("input", () => ApiKeyInput, { description: "The key to make." }) input: ApiKeyInput, @Ctx() context: ApiContext): Promise<IssuedKey> {
    return createApiKey(context.deps.database, requireViewer(context).account, input);
  }

  @For(ownSession)
  @Mutation(() => IssuedApiKey, { description: "Gives a key a new secret; the old one works on for a time. Errors: BAD_INPUT, NOT_FOUND." })
  async rotateApiKey(
    @Arg("id", () => ID, { description: "The key." }) id: string,
    @Arg("graceSeconds", () => Int, { defaultValue: 0, description: "How long the old secret still works: 0 to 86,400." }) graceSeconds: number,
    @Ctx() context: ApiContext,
  ): Promise<IssuedKey> {
    return rotateApiKey(context.deps.database, requireViewer(context).account, id, graceSeconds);
  }

  @For(ownSession)
  @Mutation(() => ApiKeyType, { description: "Stops a key at once, with the subscriptions that it opened. Errors: BAD_INPUT, NOT_FOUND." })
  async revokeApiKey(@Arg("id", () => ID, { description: "The key." }) id: string, @Ctx() context: ApiContext): Promise<ApiKey> {
    return revokeApiKey(context.deps.database, requireViewer(context).account, id);
  }
}
