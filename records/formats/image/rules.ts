/** Largest image, in pixels: a page at 400 dots an inch. */
export const maxPixels = 20_000_000;

/** Most scans of a progressive JPEG: encoders make about ten. */
export const maxScans = 64;

/** Largest file, in bytes. */
export const maxImageBytes = 64 * 2 ** 20;

/** Letters and digits that a word needs to be taken for text, where the image is cut to black and white, whatever the reader's confidence. */
export const minLetters = 2;

/** The same where all greys are seen: texture reads as short words of low confidence (0 to 100). */
export const greyLetters = 3;
export const greyConfidence = 60;

/** Greys (0 to 255) that burned-in letters have at least, and dark letters at most. */
export const brightLevel = 190;
export const darkLevel = 70;

/** A line of text is blanked from edge to edge, and so much beside it, as a share of its height: what stands next to a word that was read may not have been. */
export const lineMargin = 0.5;

/** Share of the image that may be blanked: more is a page of text, of which nothing would be left. */
export const maxBlanked = 0.6;

/** TIFF tags that decide pixels: size, bits, compression, photometric interpretation, fill order, strips, samples, planes, predictor, palette, tiles, sample format. No other is read. */
export const tiffTags = [256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 284, 317, 320, 322, 339] as const;

/** Most strips of a TIFF. */
export const maxStrips = 100_000;
