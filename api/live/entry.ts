import type { Activity, MarketEvent } from "../../schema/entities/index.js";

/**
 * The numbered feeds that subscriptions come from: the market's at the chain's head, the part of it that is final, and the platform's.
 * `chain` is no feed: it counts the changes of the index's position that this process was told of.
 */
export const lanes = ["head", "final", "activity", "chain"] as const;
export type Lane = (typeof lanes)[number];

/** How far each feed was followed: the number of the last entry. */
export type Place = Readonly<Record<Lane, bigint>>;

export type Entry =
  | { readonly lane: "head" | "final"; readonly seq: bigint; readonly event: MarketEvent }
  | { readonly lane: "activity"; readonly seq: bigint; readonly activity: Activity }
  | { readonly lane: "chain"; readonly seq: bigint };

/** What an entry is about, as keys of the index that finds whom it concerns. */
export function keysOf(entry: Entry): string[] {
  if (entry.lane === "chain") return [];
  const about = entry.lane === "activity" ? entry.activity : entry.event;
  const keys = entry.lane === "activity" ? [`kind:${entry.activity.kind}`] : [`name:${entry.event.name}`];
  if (about.listingId !== null) keys.push(`listing:${about.listingId}`);
  if (about.orderId !== null) keys.push(`order:${about.orderId}`);
  if (about.account !== null) keys.push(`account:${about.account}`);
  if (entry.lane === "activity" && entry.activity.uploadId !== null) keys.push(`upload:${entry.activity.uploadId}`);
  return keys;
}

export const advanced = (place: Place, entry: Entry): Place => ({ ...place, [entry.lane]: entry.seq });

/** Whether `place` is nowhere behind `other`. */
export const covers = (place: Place, other: Place, of: readonly Lane[]): boolean => of.every((lane) => place[lane] >= other[lane]);
