import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";
import { Application } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import { Role } from "../../schema/market.js";
import { applyForAccreditation, decidedOnChain } from "../accreditation/apply.js";
import { requireRegistrar } from "../auth/chain-roles.js";
import { requireViewer, type ApiContext } from "../context.js";
import { parseText, parseUuid } from "../input/parse.js";
import { hydrate } from "../loaders/hydrate.js";
import { For } from "../rules/rule.js";
import { registrar, signedIn } from "../rules/rules.js";
import { ApplicationType, toRoles } from "../types/participant.js";
import { ApplicationInput } from "../types/upload.js";

/** Longest queue shown at once. */
const queueLimit = 500;

@Resolver(() => ApplicationType)
export class ApplicationResolver {
  @For(registrar)
  @Query(() => [ApplicationType], {
    description: "What waits for the registrar, oldest first (at most 500). An entry disappears when the index shows the participant. Registrar only. Errors: FORBIDDEN.",
  })
  async accreditationQueue(@Ctx() context: ApiContext): Promise<Application[]> {
    const { database } = context.deps;
    const rows = (await database.query(`select a.* from app.application a where a.status = 'PENDING' and not ${decidedOnChain} order by a.created_at, a.id limit ${queueLimit}`)) as Record<string, unknown>[];
    return hydrate(database, Application, rows);
  }

  @For(registrar)
  @Query(() => [ApplicationType], {
    description: "Answered applications of providers who gave a ring key and are accredited still: of whom a ring can be made. Registrar only. Errors: FORBIDDEN.",
  })
  async ringCandidates(@Ctx() context: ApiContext): Promise<Application[]> {
    const { database } = context.deps;
    const rows = (await database.query(
      `select a.* from app.application a join participant p on p.account = a.account and p.to_block is null and not p.revoked and (p.roles & ${Role.PROVIDER}) <> 0
       where a.ring_key is not null and p.credential_commitment = a.credential_commitment order by a.ring_key limit ${queueLimit}`,
    )) as Record<string, unknown>[];
    return hydrate(database, Application, rows);
  }

  @For(signedIn)
  @Mutation(() => ApplicationType, { description: "Asks for accreditation, and says to whom keys shall be wrapped. Errors: BAD_INPUT, CONFLICT." })
  async applyForAccreditation(@Arg("input", () => ApplicationInput, { description: "Who asks, and for what." }) input: ApplicationInput, @Ctx() context: ApiContext): Promise<Application> {
    return applyForAccreditation(context.deps.database, requireViewer(context).account, input);
  }

  @For(registrar)
  @Mutation(() => ApplicationType, { description: "Refuses an application. Registrar only. Errors: FORBIDDEN, NOT_FOUND, CONFLICT." })
  async refuseAccreditation(
    @Arg("id", () => ID, { description: "The application." }) id: string,
    @Arg("reason", () => String, { description: "Why, for the applicant (at most 500 characters)." }) reason: string,
    @Ctx() context: ApiContext,
  ): Promise<Application> {
    const registrar = await requireRegistrar(context);
    const { database } = context.deps;
    const [rows] = (await database.query(
      "update app.application set status = 'REFUSED', reason = $2, decided_by = $3, decided_at = now() where id = $1 and status = 'PENDING' returning *",
      [parseUuid("id", id), parseText("reason", reason, 500), registrar],
    )) as [Record<string, unknown>[], number];
    const [refused] = hydrate(database, Application, rows);
    if (refused) return refused;
    if (await database.getRepository(Application).existsBy({ id })) throw new AppError("CONFLICT", "The application is decided already.");
    throw new AppError("NOT_FOUND", "No such application.");
  }

  @FieldResolver(() => [Role], { description: "What is asked for." })
  roles(@Root() application: Application): Role[] {
    return toRoles(application.roles);
  }
}
