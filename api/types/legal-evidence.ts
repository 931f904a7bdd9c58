import { Field, ObjectType } from "type-graphql";
import type { LegalEvidence, Upload } from "../../schema/entities/index.js";
import { LegalBasis } from "../../schema/legal-basis.js";
import { For } from "../rules/rule.js";
import { asReached } from "../rules/rules.js";
import { BigIntScalar, DateTimeScalar } from "./scalars.js";

@For(asReached)
@ObjectType("LegalEvidence", { description: "The document that shows why a record may be offered. `requestEvidence` gives access to it.", simpleResolvers: true })
export class LegalEvidenceType {
  @Field(() => LegalBasis, { nullable: true, description: "What it is said to show." }) basis!: LegalBasis | null;
  @Field(() => String, { description: "The same in the provider's words." }) words!: string;
  @Field(() => String, { description: "application/pdf or text/plain, told by its content." }) mediaType!: string;
  @Field(() => BigIntScalar, { description: "Bytes, with the 32 random ones before the document." }) size!: bigint;
  @Field(() => DateTimeScalar, { description: "When it arrived." }) receivedAt!: Date;
  @Field(() => Boolean, { description: "Whether it can be read: it is encrypted, and not erased." }) stored!: boolean;
}

export const showEvidence = (evidence: LegalEvidence | null, upload: Upload): LegalEvidenceType | null =>
  evidence && { basis: upload.legalBasisCode as LegalBasis | null, words: upload.legalBasis, mediaType: evidence.mediaType, size: evidence.size, receivedAt: evidence.receivedAt, stored: evidence.objectKey !== null };
