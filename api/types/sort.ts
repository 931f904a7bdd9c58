import { Field, InputType, registerEnumType } from "type-graphql";
import { ListingOrderField, SortDirection } from "./states.js";

/** Sort keys of each list. */

export enum OrderSortField {
  PURCHASED = "PURCHASED",
  CHANGED = "CHANGED",
  PRICE = "PRICE",
  BUYER = "BUYER",
}

export enum DeliverySortField {
  DELIVERED = "DELIVERED",
  PRICE = "PRICE",
  BUYER = "BUYER",
}

export enum ParticipantSortField {
  ACCOUNT = "ACCOUNT",
  CHANGED = "CHANGED",
  KIND = "KIND",
}

export enum VoteSortField {
  VOTED = "VOTED",
  AUDITOR = "AUDITOR",
  REASON = "REASON",
}

export enum PayoutSortField {
  PAID = "PAID",
  AMOUNT = "AMOUNT",
  ACCOUNT = "ACCOUNT",
}

export enum AccessAnchorSortField {
  INDEX = "INDEX",
  COUNT = "COUNT",
}

const described = (texts: Record<string, string>): Record<string, { description: string }> => Object.fromEntries(Object.entries(texts).map(([name, description]) => [name, { description }]));

registerEnumType(OrderSortField, {
  name: "OrderSortField",
  description: "What orders can be sorted by.",
  valuesConfig: described({ PURCHASED: "The block in which it was bought.", CHANGED: "The block in which it last changed.", PRICE: "What was paid.", BUYER: "Who bought it." }),
});
registerEnumType(DeliverySortField, {
  name: "DeliverySortField",
  description: "What deliveries can be sorted by.",
  valuesConfig: described({ DELIVERED: "The block in which it was delivered.", PRICE: "What was paid for it.", BUYER: "Whom it was delivered to." }),
});
registerEnumType(ParticipantSortField, {
  name: "ParticipantSortField",
  description: "What participants can be sorted by.",
  valuesConfig: described({ ACCOUNT: "The address.", CHANGED: "The block in which the entry last changed.", KIND: "The kind, by the chain's number." }),
});
registerEnumType(VoteSortField, {
  name: "VoteSortField",
  description: "What votes can be sorted by.",
  valuesConfig: described({ VOTED: "The vote's place on the chain.", AUDITOR: "Who voted.", REASON: "Code of the reason." }),
});
registerEnumType(PayoutSortField, {
  name: "PayoutSortField",
  description: "What payouts can be sorted by.",
  valuesConfig: described({ PAID: "The payout's place on the chain.", AMOUNT: "How much.", ACCOUNT: "Whose money it was." }),
});
registerEnumType(AccessAnchorSortField, {
  name: "AccessAnchorSortField",
  description: "What anchors of the access log can be sorted by.",
  valuesConfig: described({ INDEX: "The batch's number on the chain.", COUNT: "Records in the batch." }),
});

@InputType("ListingOrder", { description: "A key to sort listings by; ties are broken by the id." })
export class ListingOrder {
  @Field(() => ListingOrderField, { description: "What to sort by." }) field!: ListingOrderField;
  @Field(() => SortDirection, { defaultValue: SortDirection.ASC, description: "Which way." }) direction!: SortDirection;
}

@InputType("OrderSort", { description: "A key to sort orders by; ties are broken by the id." })
export class OrderSort {
  @Field(() => OrderSortField, { description: "What to sort by." }) field!: OrderSortField;
  @Field(() => SortDirection, { defaultValue: SortDirection.ASC, description: "Which way." }) direction!: SortDirection;
}

@InputType("DeliverySort", { description: "A key to sort deliveries by; ties are broken by the order's id." })
export class DeliverySort {
  @Field(() => DeliverySortField, { description: "What to sort by." }) field!: DeliverySortField;
  @Field(() => SortDirection, { defaultValue: SortDirection.ASC, description: "Which way." }) direction!: SortDirection;
}

@InputType("ParticipantSort", { description: "A key to sort participants by; ties are broken by the address." })
export class ParticipantSort {
  @Field(() => ParticipantSortField, { description: "What to sort by." }) field!: ParticipantSortField;
  @Field(() => SortDirection, { defaultValue: SortDirection.ASC, description: "Which way." }) direction!: SortDirection;
}

@InputType("VoteSort", { description: "A key to sort votes by; ties are broken by their place on the chain." })
export class VoteSort {
  @Field(() => VoteSortField, { description: "What to sort by." }) field!: VoteSortField;
  @Field(() => SortDirection, { defaultValue: SortDirection.ASC, description: "Which way." }) direction!: SortDirection;
}

@InputType("PayoutSort", { description: "A key to sort payouts by; ties are broken by their place on the chain." })
export class PayoutSort {
  @Field(() => PayoutSortField, { description: "What to sort by." }) field!: PayoutSortField;
  @Field(() => SortDirection, { defaultValue: SortDirection.ASC, description: "Which way." }) direction!: SortDirection;
}

@InputType("AccessAnchorSort", { description: "A key to sort anchors of the access log by; ties are broken by the batch's number." })
export class AccessAnchorSort {
  @Field(() => AccessAnchorSortField, { description: "What to sort by." }) field!: AccessAnchorSortField;
  @Field(() => SortDirection, { defaultValue: SortDirection.ASC, description: "Which way." }) direction!: SortDirection;
}
