import { Field, InputType, ObjectType } from "type-graphql";
import { OrderStatus, ParticipantKind, Role } from "../../schema/market.js";
import { For } from "../rules/rule.js";
import { asReached } from "../rules/rules.js";
import { AmountFilter, IdFilter, IntFilter } from "./listing-filter.js";
import { OrderType } from "./order.js";
import { PageInfo } from "./page-info.js";
import { ParticipantType } from "./participant.js";

@InputType("OrderStatusFilter", { description: "Conditions on an order's status. All that are given must hold." })
export class OrderStatusFilter {
  @Field(() => OrderStatus, { nullable: true, description: "Is this one." }) eq?: OrderStatus | null;
  @Field(() => [OrderStatus], { nullable: true, description: "Is one of these." }) in?: OrderStatus[] | null;
}

@InputType("OrderFilter", { description: "Which orders. All conditions that are given must hold; AND, OR and NOT nest." })
export class OrderFilter {
  @Field(() => IdFilter, { nullable: true, description: "The order's id." }) id?: IdFilter | null;
  @Field(() => IdFilter, { nullable: true, description: "What was bought." }) listingId?: IdFilter | null;
  @Field(() => IdFilter, { nullable: true, description: "Who bought it." }) buyer?: IdFilter | null;
  @Field(() => OrderStatusFilter, { nullable: true, description: "Where it stands." }) status?: OrderStatusFilter | null;
  @Field(() => AmountFilter, { nullable: true, description: "What was paid." }) price?: AmountFilter | null;
  @Field(() => IntFilter, { nullable: true, description: "The block in which it was bought." }) purchasedBlock?: IntFilter | null;
  @Field(() => [OrderFilter], { nullable: true, description: "All of these hold; an empty list always does." }) AND?: OrderFilter[] | null;
  @Field(() => [OrderFilter], { nullable: true, description: "One of these holds; an empty list never does." }) OR?: OrderFilter[] | null;
  @Field(() => OrderFilter, { nullable: true, description: "This does not hold." }) NOT?: OrderFilter | null;
}

@For(asReached)
@ObjectType("OrderEdge", { description: "An order in a page.", simpleResolvers: true })
export class OrderEdge {
  @Field(() => String, { description: "Resume after this one with it." }) cursor!: string;
  @Field(() => OrderType, { description: "The order." }) node!: OrderType;
}

@For(asReached)
@ObjectType("OrderConnection", { description: "A page of orders.", simpleResolvers: true })
export class OrderConnection {
  @Field(() => [OrderEdge], { description: "The page's orders with their cursors." }) edges!: OrderEdge[];
  @Field(() => PageInfo, { description: "Where the page stands." }) pageInfo!: PageInfo;
}

@InputType("ParticipantFilter", { description: "Which participants. All conditions that are given must hold; AND, OR and NOT nest." })
export class ParticipantFilter {
  @Field(() => IdFilter, { nullable: true, description: "Its address." }) account?: IdFilter | null;
  @Field(() => IdFilter, { nullable: true, description: "Hash that all accounts of one institution share." }) institution?: IdFilter | null;
  @Field(() => ParticipantKind, { nullable: true, description: "What kind of institution or person." }) kind?: ParticipantKind | null;
  @Field(() => Role, { nullable: true, description: "Has this role, whether it still runs or not." }) role?: Role | null;
  @Field(() => Boolean, { nullable: true, description: "Whether all roles were taken away." }) revoked?: boolean | null;
  @Field(() => [ParticipantFilter], { nullable: true, description: "All of these hold; an empty list always does." }) AND?: ParticipantFilter[] | null;
  @Field(() => [ParticipantFilter], { nullable: true, description: "One of these holds; an empty list never does." }) OR?: ParticipantFilter[] | null;
  @Field(() => ParticipantFilter, { nullable: true, description: "This does not hold." }) NOT?: ParticipantFilter | null;
}

@For(asReached)
@ObjectType("ParticipantEdge", { description: "A participant in a page.", simpleResolvers: true })
export class ParticipantEdge {
  @Field(() => String, { description: "Resume after this one with it." }) cursor!: string;
  @Field(() => ParticipantType, { description: "The participant." }) node!: ParticipantType;
}

@For(asReached)
@ObjectType("ParticipantConnection", { description: "A page of participants.", simpleResolvers: true })
export class ParticipantConnection {
  @Field(() => [ParticipantEdge], { description: "The page's participants with their cursors." }) edges!: ParticipantEdge[];
  @Field(() => PageInfo, { description: "Where the page stands." }) pageInfo!: PageInfo;
}

