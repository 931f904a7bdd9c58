/** Longest note, in bytes: some 200 pages. Twice as much would take longer than a hostile file may. */
export const maxNoteBytes = 2 ** 20;

/** What a note's length is called, by its words at most. */
export const noteLengths = [["short", 100], ["medium", 600], ["long", Number.POSITIVE_INFINITY]] as const;

/** What the report says wherever free text was de-identified. */
export const notesWarning = "Free text was de-identified by rules, which overlook some identifiers; what was found was replaced by others of its kind. Have samples read before it is published.";
