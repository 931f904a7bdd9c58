/** A person whose names are known from the structured files of the same record set. */
export interface KnownPerson {
  /** What the person's dates move by and pseudonyms are made of: as `Pseudonymizer.dayShift` takes it in the file that told the person. */
  readonly key: string;
  /** Words of the names, in lower case. */
  readonly names: readonly string[];
  /** Numbers that tell the person, such as a medical record number, as written. */
  readonly ids: readonly string[];
}

/** The people that a record set's structured files name. Held in memory for one job. */
export interface KnownPeople {
  /** @returns the person of an id, as it stands in a text, or null. */
  byId(id: string): KnownPerson | null;
  /** @returns the one person who has all of these names (lower case), or null: nobody, or several. */
  byNames(names: readonly string[]): KnownPerson | null;
  /** Whether anybody of the set has this name (lower case). */
  has(name: string): boolean;
}

/** Of a file that stands alone. */
export const nobodyKnown: KnownPeople = { byId: () => null, byNames: () => null, has: () => false };
