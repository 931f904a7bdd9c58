import type { Operation } from "../client.js";

/** Gives an operation's text its types. */
export const operation = <Data, Variables extends object>(text: string): Operation<Data, Variables> => ({ text });
