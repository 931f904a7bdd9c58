import { Extensions } from "type-graphql";

const key = "cost";

/** What a field costs beside what is asked in it: for work that the size of its answer does not tell. */
export const Cost = (cost: number): MethodDecorator & PropertyDecorator => Extensions({ [key]: cost });

/** Of a count over all pages; multiplied by the page as all that is asked in it. */
export const countCost = 2;

/** Of a call of the chain's node for each row. */
export const nodeCallCost = 10;

export const declaredCost = (extensions: Readonly<Record<string, unknown>>): number => (extensions[key] as number | undefined) ?? 0;
