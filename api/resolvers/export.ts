import { Args, Ctx, Mutation, Resolver } from "type-graphql";
import type { ApiContext } from "../context.js";
import { prepareExport } from "../export/prepare-export.js";
import { For } from "../rules/rule.js";
import { signedIn } from "../rules/rules.js";
import { ExportLink, ExportRowsArgs } from "../types/export.js";

@Resolver()
export class ExportResolver {
  @For(signedIn)
  @Mutation(() => ExportLink, { description: "Prepares an export of all rows of a filter as of a block (at most 2,000,000, and no more bytes than is allowed) and gives a signed link that lives five minutes. Errors: BAD_INPUT, LIMIT_EXCEEDED, NOT_READY." })
  async exportRows(@Args(() => ExportRowsArgs) args: ExportRowsArgs, @Ctx() context: ApiContext): Promise<ExportLink> {
    return prepareExport(context, args);
  }
}
