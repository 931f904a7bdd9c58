import { parseAddress } from "../input/parse.js";
import type { PayoutFilter } from "../types/listing-filter.js";
import { amountConditions, idConditions, intConditions, timeConditions } from "./conditions.js";
import { compileNested } from "./nested.js";
import type { FilterScope } from "./scope.js";
import type { SqlPart } from "./sql.js";

/** Compiles a filter over the table `withdrawal`. @throws AppError BAD_INPUT, LIMIT_EXCEEDED */
export const compilePayoutFilter = (filter: PayoutFilter | null | undefined, scope: FilterScope): SqlPart =>
  compileNested(filter, scope, ({ account, recipient, amount, block, time }, { alias: a }) => [
    ...(account ? [idConditions("account", `${a}.account`, account, parseAddress)] : []),
    ...(recipient ? [idConditions("recipient", `${a}.recipient`, recipient, parseAddress)] : []),
    ...(amount ? [amountConditions(`${a}.amount`, amount)] : []),
    ...(block ? [intConditions("block", `${a}.block_number`, block)] : []),
    ...(time ? [timeConditions(`${a}.block_time`, time)] : []),
  ]);
