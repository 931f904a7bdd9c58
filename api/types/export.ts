import { ArgsType, Field, Int, ObjectType, registerEnumType } from "type-graphql";
import { For } from "../rules/rule.js";
import { asReached } from "../rules/rules.js";
import { AsOf } from "./as-of.js";
import { ListingFilter, OrderFilter, VoteFilter } from "./listing-filter.js";
import { DateTimeScalar } from "./scalars.js";

export enum ExportSource {
  LISTINGS = "LISTINGS",
  ORDERS = "ORDERS",
  AUDITS = "AUDITS",
}

export enum ExportFormat {
  ARROW = "ARROW",
  CSV = "CSV",
  PARQUET = "PARQUET",
}

registerEnumType(ExportSource, {
  name: "ExportSource",
  description: "What is exported.",
  valuesConfig: { LISTINGS: { description: "Listings." }, ORDERS: { description: "Orders." }, AUDITS: { description: "Auditors' votes." } },
});
registerEnumType(ExportFormat, {
  name: "ExportFormat",
  description: "How rows are exported.",
  valuesConfig: {
    ARROW: { description: "Apache Arrow's IPC stream." },
    CSV: { description: "RFC 4180, with a header; texts that a spreadsheet would run begin with an apostrophe." },
    PARQUET: { description: "Apache Parquet, zstd." },
  },
});

@ArgsType()
export class ExportRowsArgs {
  @Field(() => ExportSource, { description: "What." }) source!: ExportSource;
  @Field(() => ExportFormat, { description: "How." }) format!: ExportFormat;
  @Field(() => ListingFilter, { nullable: true, description: "Which listings; all if left out." }) listings?: ListingFilter | null;
  @Field(() => OrderFilter, { nullable: true, description: "Which orders; all if left out." }) orders?: OrderFilter | null;
  @Field(() => VoteFilter, { nullable: true, description: "Which votes; all if left out." }) audits?: VoteFilter | null;
  @Field(() => AsOf, { nullable: true, description: "As it was then; now if left out." }) at?: AsOf | null;
}

@For(asReached)
@ObjectType("ExportLink", { description: "Where an export is fetched.", simpleResolvers: true })
export class ExportLink {
  @Field(() => String, { description: "Address that is fetched with GET, by whoever has it." }) url!: string;
  @Field(() => DateTimeScalar, { description: "Until when it can be fetched." }) expiresAt!: Date;
  @Field(() => Int, { description: "The block that all rows are of." }) block!: number;
  @Field(() => Int, { description: "How many rows there are." }) rows!: number;
}
