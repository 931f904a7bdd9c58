import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from "type-graphql";
import { Application } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import { Role } from "../../schema/market.js";
import { applyForAccreditation, decidedOnChain } from "../accreditation/apply.js";
import { prepareAccreditation, prepareRevocation, prepareRing } from "../accreditation/prepare.js";
import { ringCandidates } from "../accreditation/ring-candidates.js";
import { requireRegistrar } from "../auth/chain-roles.js";
import { requireViewer, type ApiContext } from "../context.js";
import { parseText, parseUuid } from "../input/parse.js";
import { hydrate } from "../loaders/hydrate.js";
import { For } from "../rules/rule.js";
import { registrar, signedIn } from "../rules/rules.js";
import { ApplicationType, toRoles } from "../types/participant.js";
import { DateTimeScalar } from "../types/scalars.js";
import { PreparedTransaction } from "../types/step.js";
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
  async ringCandidates(@Ctx() { deps }: ApiContext): Promise<Application[]> {
    return ringCandidates(deps.database);
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

  @For(registrar)
  @Mutation(() => PreparedTransaction, {
    description: "Accredits applicants, for the registrar's wallet to send; auditors get free slots. Registrar only. Errors: FORBIDDEN, BAD_INPUT, NOT_FOUND, CONFLICT, LIMIT_EXCEEDED.",
  })
  async accredit(
    @Arg("applicationIds", () => [ID], { description: "The applications (at most 50)." }) applicationIds: string[],
    @Arg("validUntil", () => DateTimeScalar, { description: "Last second of the accreditation." }) validUntil: Date,
    @Ctx() context: ApiContext,
  ): Promise<PreparedTransaction> {
    return prepareAccreditation(context, applicationIds, validUntil);
  }

  @For(registrar)
  @Mutation(() => PreparedTransaction, { description: "Takes all roles of accounts away, at once. Registrar only. Errors: FORBIDDEN, BAD_INPUT, NOT_FOUND." })
  async revokeParticipant(@Arg("accounts", () => [ID], { description: "The accounts (at most 50)." }) accounts: string[], @Ctx() context: ApiContext): Promise<PreparedTransaction> {
    return prepareRevocation(context, accounts);
  }

  @For(registrar)
  @Mutation(() => PreparedTransaction, { description: "Registers a ring, of which any member may then list anonymously. Registrar only. Errors: FORBIDDEN, BAD_INPUT." })
  async registerRing(
    @Arg("accounts", () => [ID], { description: "2 to 32 of `ringCandidates`." }) accounts: string[],
    @Arg("quota", () => Int, { description: "Listings that the ring may open in an epoch." }) quota: number,
    @Arg("epochSeconds", () => Int, { description: "Length of an epoch." }) epochSeconds: number,
    @Ctx() context: ApiContext,
  ): Promise<PreparedTransaction> {
    return prepareRing(context, { accounts, quota, epochSeconds });
  }

  @FieldResolver(() => [Role], { description: "What is asked for." })
  roles(@Root() application: Application): Role[] {
    return toRoles(application.roles);
  }
}
