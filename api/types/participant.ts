import { Field, ID, ObjectType } from "type-graphql";
import { ParticipantKind, Role } from "../../schema/market.js";
import { For } from "../rules/rule.js";
import { anyone, oneOf, registrar, theAccountOf } from "../rules/rules.js";
import { DateTimeScalar } from "./scalars.js";
import { ApplicationStatus } from "./states.js";

@ObjectType("Participant", { description: "An account as the registry on the chain knows it.", simpleResolvers: true })
export class ParticipantType {
  @For(anyone) @Field(() => ID, { description: "Its address." }) account!: string;
  @For(anyone) @Field(() => String, { description: "Hash that all accounts of one institution share." }) institution!: string;
  @For(anyone) @Field(() => ParticipantKind, { description: "What kind of institution or person it is." }) kind!: ParticipantKind;
  @For(anyone) @Field(() => Boolean, { description: "Whether all roles were taken away." }) revoked!: boolean;
  @For(anyone) @Field(() => String, { description: "Salted hash of the credential that was checked." }) credentialCommitment!: string;
  @For(anyone) @Field(() => String, { description: "First 20 bytes of keccak256 of the age recipient that keys are wrapped for." }) recipientCommitment!: string;
}

@For(oneOf(theAccountOf("account", "the applicant"), registrar))
@ObjectType("Application", { description: "A request for accreditation. Seen by the applicant and the registrar alone.", simpleResolvers: true })
export class ApplicationType {
  @Field(() => ID, { description: "Its id." }) id!: string;
  @Field(() => ID, { description: "Who applies." }) account!: string;
  @Field(() => ParticipantKind, { description: "What kind of institution or person." }) kind!: ParticipantKind;
  @Field(() => String, { description: "bytes32 for the registry: keccak256 of the institution's name, in lower case." }) institution!: string;
  @Field(() => String, { description: "The institution's name." }) institutionName!: string;
  @Field(() => String, { description: "What the registrar checks, e.g. a registration number." }) credential!: string;
  @Field(() => String, { description: "32 random bytes in the commitment, so that it cannot be guessed." }) credentialSalt!: string;
  @Field(() => String, { description: "keccak256(salt ‖ RFC 8785 JSON of account, credential, institutionName)." }) credentialCommitment!: string;
  @Field(() => String, { description: "First 20 bytes of keccak256 of the applicant's age recipient." }) recipientCommitment!: string;
  @Field(() => String, { nullable: true, description: "A provider's public key for rings of anonymous listings: x and y, 0x and 128 digits." }) ringKey!: string | null;
  @Field(() => ApplicationStatus, { description: "Where it stands." }) status!: ApplicationStatus;
  @Field(() => String, { nullable: true, description: "Why it was refused." }) reason!: string | null;
  @Field(() => DateTimeScalar, { description: "When it was made." }) createdAt!: Date;
}

@For(theAccountOf("account", "the account itself"))
@ObjectType("Viewer", { description: "The signed-in account.", simpleResolvers: true })
export class ViewerType {
  @Field(() => ID, { description: "Its address." }) account!: string;
}

/** Mask of `Role` bits → the roles. */
export const toRoles = (mask: number): Role[] => Object.values(Role).filter((bit): bit is Role => typeof bit === "number" && (mask & bit) !== 0);
