import { CohortRefusal, CohortStatus, CohortUnit, type CohortCount, type CohortFilter } from "../types/cohort.js";
import type { PublishedProfile } from "./published-profile.js";

/** Fewer of something may point at somebody. */
const smallestCell = 5;
/** Lists of a profile that are as long as this may have been cut: conditions by ingest, types by publishing. */
const cutAt = { conditions: 20, types: 32 };

const nothing = { atLeast: null, below: null, refusal: null };
const refuse = (refusal: CohortRefusal, unit = CohortUnit.RECORDS): CohortCount => ({ ...nothing, status: CohortStatus.UNANSWERABLE, unit, refusal });
const suppressed = (unit = CohortUnit.RECORDS): CohortCount => ({ ...nothing, status: CohortStatus.SUPPRESSED, unit, below: smallestCell });

/** The steps that counts are told in: 5, 10, 20, 50, 100 …; the same for every question, and a larger count never has a lower step. */
function counted(count: number, unit = CohortUnit.RECORDS): CohortCount {
  if (count < smallestCell) return suppressed(unit);
  let [atLeast, below] = [smallestCell, 10];
  for (let step = 0; count >= below; step++) [atLeast, below] = [below, below * (step % 3 === 1 ? 2.5 : 2)];
  return { ...nothing, status: CohortStatus.COUNTED, unit, atLeast, below: Math.min(below, 2 ** 31 - 1) };
}

/**
 * Counts a cohort from the published profile alone: it can tell nothing that the metadata does not, however often and in whatever order it is asked.
 * @param profile - null where there is none
 */
export function countCohort(profile: PublishedProfile | null, { condition, conditionSystem, recordType, modality, unit: asked }: CohortFilter): CohortCount {
  const unit = asked ?? CohortUnit.RECORDS;
  if (!profile) return refuse(CohortRefusal.METADATA_MISSING, unit);
  const given = [condition, recordType, modality].filter((each) => each !== null && each !== undefined);
  if (given.length > 1 || (given.length === 1 && unit === CohortUnit.PATIENTS) || (conditionSystem && !condition)) return refuse(CohortRefusal.COMBINATION, unit);
  if (condition) return countCondition(profile, condition, conditionSystem ?? null);
  if (recordType) return countType(profile, recordType);
  if (modality) return !profile.modalities ? refuse(CohortRefusal.NOT_IN_PROFILE) : { ...nothing, status: profile.modalities.includes(modality) ? CohortStatus.PRESENT : CohortStatus.ABSENT, unit: CohortUnit.RECORDS };
  const whole = unit === CohortUnit.PATIENTS ? profile.patientCount : profile.recordCount;
  return whole === null || whole === undefined ? refuse(CohortRefusal.NOT_IN_PROFILE, unit) : counted(whole, unit);
}

function countCondition({ topConditions }: PublishedProfile, code: string, system: string | null): CohortCount {
  if (!topConditions) return refuse(CohortRefusal.NOT_IN_PROFILE);
  const ofSystem = topConditions.filter((each) => system === null || each.system === system);
  const found = ofSystem.filter((each) => each.code === code);
  if (found.length > 1) return refuse(CohortRefusal.COMBINATION);
  if (found[0]) return counted(found[0].count);
  if (ofSystem.some((each) => code.startsWith(each.code))) return refuse(CohortRefusal.MORE_SPECIFIC);
  return topConditions.length >= cutAt.conditions ? refuse(CohortRefusal.NOT_AMONG_MOST_FREQUENT) : suppressed();
}

function countType({ resourceTypes }: PublishedProfile, name: string): CohortCount {
  if (!resourceTypes) return refuse(CohortRefusal.NOT_IN_PROFILE);
  const found = resourceTypes.find((each) => each.name === name);
  if (found) return counted(found.count ?? 0);
  return resourceTypes.length >= cutAt.types ? refuse(CohortRefusal.NOT_AMONG_MOST_FREQUENT) : { ...nothing, status: CohortStatus.ABSENT, unit: CohortUnit.RECORDS };
}
