import { MarketEventType } from "./chain.js";
import { connectionOf } from "./connection.js";

export const MarketEventConnection = connectionOf(MarketEventType, "MarketEvent", "entries of the feed");
