import { parseHash } from "../input/parse.js";
import type { AccessAnchorFilter } from "../types/listing-filter.js";
import { amountConditions, equality, intConditions, timeConditions } from "./conditions.js";
import { compileNested } from "./nested.js";
import type { FilterScope } from "./scope.js";
import type { SqlPart } from "./sql.js";

/** Compiles a filter over the table `access_anchor`. @throws AppError BAD_INPUT, LIMIT_EXCEEDED */
export const compileAccessAnchorFilter = (filter: AccessAnchorFilter | null | undefined, scope: FilterScope): SqlPart =>
  compileNested(filter, scope, ({ index, root, count, block, time }, { alias: a }) => [
    ...(index ? [amountConditions(`${a}.batch_index`, index)] : []),
    ...equality("root", `${a}.root`, "text", { eq: root ? parseHash("root", root) : null }),
    ...(count ? [intConditions("count", `${a}.count`, count)] : []),
    ...(block ? [intConditions("block", `${a}.block_number`, block)] : []),
    ...(time ? [timeConditions(`${a}.block_time`, time)] : []),
  ]);
