/**
 * For type-graphql, which wants each subscription to say how it is subscribed to. Ours are told by `FanOut` from what `@Live` declares; whatever executes the schema
 * without it cannot subscribe.
 */
export const servedLive = {
  subscribe(): never {
    throw new Error("Subscriptions are served by api/live alone.");
  },
};
