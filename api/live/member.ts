import type { GraphQLError } from "graphql";
import type { Connection } from "./connection.js";
import type { Place } from "./entry.js";

/** One subscription of one connection. */
export interface Member {
  readonly connection: Connection;
  /** The client's id of it. */
  readonly id: string;
  /** Where it stands, if that is ahead of its group. */
  ahead: Place | null;
  /** Of the last message written. */
  cursor: string | null;
  /** Reads the tables from there on before it joins its group again. */
  replay(from: Place): void;
  /** Ends it: with `complete`, or with an error. */
  end(error?: GraphQLError): void;
}
