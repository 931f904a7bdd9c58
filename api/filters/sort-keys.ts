import { AppError } from "../../schema/errors.js";
import { DisputeSortField } from "../types/disputes.js";
import { AccessAnchorSortField, DeliverySortField, OrderSortField, ParticipantSortField, PayoutSortField, VoteSortField } from "../types/sort.js";
import { ListingOrderField, SortDirection } from "../types/states.js";
import { compileKeys, type CompiledOrder, type OrderKey } from "./order-keys.js";

type Key = Omit<OrderKey, "direction">;

/** What a list can be sorted by, over its alias. */
interface Sorting<Field extends string> {
  keys: Record<Field, readonly Key[]>;
  /** Where nothing was asked. */
  standard: { field: Field; direction: SortDirection };
  /** Tells all rows apart. */
  last: OrderKey;
}

const { ASC, DESC } = SortDirection;
const integer = (column: string): Key => ({ column, type: "integer" });
const numeric = (column: string): Key => ({ column, type: "numeric" });
const text = (column: string): Key => ({ column, type: "text" });
const byId = (column: string): OrderKey => ({ column, type: "text", direction: ASC });

/** @throws AppError BAD_INPUT for a field that comes twice. */
function compileSort<Field extends string>({ keys, standard, last }: Sorting<Field>, order: readonly { field: Field; direction: SortDirection }[] | null | undefined): CompiledOrder {
  const asked = order && order.length > 0 ? order : [standard];
  if (new Set(asked.map(({ field }) => field)).size !== asked.length) throw new AppError("BAD_INPUT", "orderBy: a field comes twice", { details: { field: "orderBy" } });
  const all = asked.flatMap(({ field, direction }) => keys[field].map((key) => ({ ...key, direction })));
  return compileKeys(all.some(({ column }) => column === last.column) ? all : [...all, last]);
}

type Order<Field> = readonly { field: Field; direction: SortDirection }[] | null | undefined;

/** Over `listing l`: newest first unless asked otherwise. The newest-first index breaks ties by ascending id; so do all orders. @throws AppError BAD_INPUT */
export const compileListingOrder = (order: Order<ListingOrderField>): CompiledOrder =>
  compileSort<ListingOrderField>(
    {
      keys: {
        [ListingOrderField.LISTED]: [integer("l.listed_block")],
        [ListingOrderField.CHANGED]: [integer("l.from_block")],
        [ListingOrderField.PRICE]: [numeric("l.price")],
        [ListingOrderField.PREDICTED_PRICE]: [numeric("l.p50")],
        [ListingOrderField.SALES]: [integer("l.sales")],
        [ListingOrderField.DATA_KIND]: [{ column: "l.data_kind", type: "smallint" }],
        [ListingOrderField.REGION]: [integer("l.region")],
        [ListingOrderField.RELEVANCE]: [integer("l.search_rank")],
      },
      standard: { field: ListingOrderField.LISTED, direction: DESC },
      last: byId("l.id"),
    },
    order,
  );

/** Over `trade_order o`: newest first unless asked otherwise. @throws AppError BAD_INPUT */
export const compileOrderSort = (order: Order<OrderSortField>): CompiledOrder =>
  compileSort<OrderSortField>(
    {
      keys: { PURCHASED: [integer("o.purchased_block")], CHANGED: [integer("o.from_block")], PRICE: [numeric("o.price")], BUYER: [text("o.buyer")] },
      standard: { field: OrderSortField.PURCHASED, direction: DESC },
      last: byId("o.id"),
    },
    order,
  );

/** Over delivered rows of `trade_order o`: newest first unless asked otherwise. @throws AppError BAD_INPUT */
export const compileDeliverySort = (order: Order<DeliverySortField>): CompiledOrder =>
  compileSort<DeliverySortField>(
    {
      keys: { DELIVERED: [integer("o.delivered_block")], PRICE: [numeric("o.price")], BUYER: [text("o.buyer")] },
      standard: { field: DeliverySortField.DELIVERED, direction: DESC },
      last: byId("o.id"),
    },
    order,
  );

/** Over `participant p`: by address unless asked otherwise. @throws AppError BAD_INPUT */
export const compileParticipantSort = (order: Order<ParticipantSortField>): CompiledOrder =>
  compileSort<ParticipantSortField>(
    {
      keys: { ACCOUNT: [text("p.account")], CHANGED: [integer("p.from_block")], KIND: [{ column: "p.kind", type: "smallint" }] },
      standard: { field: ParticipantSortField.ACCOUNT, direction: ASC },
      last: byId("p.account"),
    },
    order,
  );

/** Over `vote v`: newest first unless asked otherwise. @throws AppError BAD_INPUT */
export const compileVoteSort = (order: Order<VoteSortField>): CompiledOrder =>
  compileSort<VoteSortField>(
    {
      keys: { VOTED: [integer("v.block_number"), integer("v.log_index"), integer("v.log_part")], AUDITOR: [text("v.auditor")], REASON: [integer("v.reason")] },
      standard: { field: VoteSortField.VOTED, direction: DESC },
      last: byId("v.id"),
    },
    order,
  );

/** Over `dispute d`: newest first unless asked otherwise. @throws AppError BAD_INPUT */
export const compileDisputeSort = (order: Order<DisputeSortField>): CompiledOrder =>
  compileSort<DisputeSortField>(
    {
      keys: { OPENED: [integer("d.opened_block")], VOTE_UNTIL: [{ column: "d.vote_until", type: "bigint" }] },
      standard: { field: DisputeSortField.OPENED, direction: DESC },
      last: byId("d.order_id"),
    },
    order,
  );

/** Over `withdrawal w`: newest first unless asked otherwise. @throws AppError BAD_INPUT */
export const compilePayoutSort = (order: Order<PayoutSortField>): CompiledOrder =>
  compileSort<PayoutSortField>(
    {
      keys: { PAID: [integer("w.block_number"), integer("w.log_index")], AMOUNT: [numeric("w.amount")], ACCOUNT: [text("w.account")] },
      standard: { field: PayoutSortField.PAID, direction: DESC },
      last: byId("w.id"),
    },
    order,
  );

/** Over `access_anchor a`: newest first unless asked otherwise. @throws AppError BAD_INPUT */
export const compileAccessAnchorSort = (order: Order<AccessAnchorSortField>): CompiledOrder =>
  compileSort<AccessAnchorSortField>(
    {
      keys: { INDEX: [{ column: "a.batch_index", type: "bigint" }], COUNT: [integer("a.count")] },
      standard: { field: AccessAnchorSortField.INDEX, direction: DESC },
      last: { column: "a.batch_index", type: "bigint", direction: ASC },
    },
    order,
  );
