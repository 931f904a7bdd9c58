import { parseAddress } from "../input/parse.js";
import type { AccessRecordFilter } from "../types/listing-filter.js";
import { idConditions, textConditions, timeConditions } from "./conditions.js";
import { compileNested } from "./nested.js";
import type { FilterScope } from "./scope.js";
import type { SqlPart } from "./sql.js";

/** Compiles a filter over the table `app.access_record`. @throws AppError BAD_INPUT, LIMIT_EXCEEDED */
export const compileAccessRecordFilter = (filter: AccessRecordFilter | null | undefined, scope: FilterScope): SqlPart =>
  compileNested(filter, scope, ({ account, action, outcome, time }, { alias: a }) => [
    ...(account ? [idConditions("account", `${a}.account`, account, parseAddress)] : []),
    ...(action ? [textConditions("action", `${a}.action`, action)] : []),
    ...(outcome ? [textConditions("outcome", `${a}.outcome`, outcome)] : []),
    ...(time ? [timeConditions(`${a}.at`, time)] : []),
  ]);
