import { Ctx, FieldResolver, Query, Resolver, Root } from "type-graphql";
import type { Application, Participant } from "../../schema/entities/index.js";
import { Role } from "../../schema/market.js";
import { holdsRole, marketNow } from "../auth/accreditation.js";
import { Changing } from "../citations/changing.js";
import type { ApiContext } from "../context.js";
import { For } from "../rules/rule.js";
import { anyone } from "../rules/rules.js";
import { ApplicationType, ParticipantType, toRoles, ViewerType } from "../types/participant.js";
import { DateTimeScalar } from "../types/scalars.js";

@Resolver(() => ViewerType)
export class ViewerResolver {
  @For(anyone)
  @Query(() => ViewerType, { nullable: true, description: "Who is signed in; null for nobody." })
  me(@Ctx() { viewer }: ApiContext): ViewerType | null {
    return viewer && { account: viewer.account };
  }

  @FieldResolver(() => ParticipantType, { nullable: true, description: "The account in the chain's registry; null if it is not in it." })
  async participant(@Root() { account }: ViewerType, @Ctx() { loaders }: ApiContext): Promise<Participant | null> {
    return loaders.participant.load(account);
  }

  @FieldResolver(() => [ApplicationType], { description: "The account's applications, newest first." })
  async applications(@Root() { account }: ViewerType, @Ctx() { loaders }: ApiContext): Promise<Application[]> {
    return loaders.applications.load(account);
  }

  @FieldResolver(() => Boolean, { description: "Whether the platform knows the age recipient that the chain commits to: without it nothing can be delivered." })
  async recipientKnown(@Root() { account }: ViewerType, @Ctx() { loaders }: ApiContext): Promise<boolean> {
    const participant = await loaders.participant.load(account);
    return participant !== null && (await loaders.recipient.load(participant.recipientCommitment)) !== null;
  }
}

@Resolver(() => ParticipantType)
export class ParticipantResolver {
  @For(anyone)
  @FieldResolver(() => [Role], { description: "What it is accredited for." })
  roles(@Root() participant: Participant): Role[] {
    return toRoles(participant.roles);
  }

  @For(anyone)
  @FieldResolver(() => DateTimeScalar, { description: "Last second of the accreditation." })
  validUntil(@Root() participant: Participant): Date {
    return new Date(Number(participant.validUntil) * 1000);
  }

  @For(anyone)
  @Changing("it is told of now")
  @FieldResolver(() => Boolean, { description: "Whether the accreditation holds now." })
  async valid(@Root() participant: Participant, @Ctx() { deps }: ApiContext): Promise<boolean> {
    const now = await marketNow(deps);
    return toRoles(participant.roles).some((role) => holdsRole(participant, role, now));
  }
}
