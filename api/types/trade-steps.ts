import { Field, ObjectType } from "type-graphql";
import { For } from "../rules/rule.js";
import { asReached } from "../rules/rules.js";
import { DateTimeScalar } from "./scalars.js";
import { PreparedTransaction } from "./step.js";
import { UploadType } from "./upload.js";

@For(asReached)
@ObjectType("ErasureRequest", { description: "A record on its way to be erased.", simpleResolvers: true })
export class ErasureRequest {
  @Field(() => UploadType, { description: "The record's upload: `erasureCertificate` tells when it is done." }) upload!: UploadType;
  @Field(() => PreparedTransaction, { nullable: true, description: "What the provider's wallet sends to delist it; null if it is delisted, or another account has to." }) delist!: PreparedTransaction | null;
}

@For(asReached)
@ObjectType("PatientWithdrawal", { description: "A patient's withdrawal from future sales.", simpleResolvers: true })
export class PatientWithdrawal {
  @Field(() => DateTimeScalar, { description: "When: what was paid before is still delivered." }) withdrawnAt!: Date;
}
