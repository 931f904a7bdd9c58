import { z } from "zod";

const name = z.string().max(500);
const count = z.number().int().min(0);

/** What cohorts and samples are made of: the part of a listing's metadata that tells how much of what there is. Whoever reads the listing can read it. */
const publishedProfile = z.object({
  recordCount: count.nullish().catch(null),
  patientCount: count.nullish().catch(null),
  modalities: z.array(name).nullish().catch(null),
  resourceTypes: z.array(z.object({ name, count: count.nullish() })).nullish().catch(null),
  topConditions: z.array(z.object({ system: name, code: name, count })).nullish().catch(null),
  spanYears: z.number().min(0).max(500).catch(0),
  newestYear: z.number().int().min(1_000).max(9_999).nullish().catch(null),
});
export type PublishedProfile = z.infer<typeof publishedProfile>;

/** @returns the metadata's profile; null where there is none that can be read. What is malformed in a foreign one counts as not there. */
export function readProfile(metadata: unknown): PublishedProfile | null {
  const profile = typeof metadata === "object" && metadata !== null ? (metadata as Record<string, unknown>)["profile"] : undefined;
  const parsed = publishedProfile.safeParse(profile);
  return parsed.success ? parsed.data : null;
}
