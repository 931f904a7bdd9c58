/** Largest document, in bytes: it is held. */
export const maxPdfBytes = 64 * 2 ** 20;

/** Most pages of a document. */
export const maxPages = 200;

/** Seconds for opening a document, and for each page: forms within forms could be drawn for years. */
export const maxSeconds = 5;

/** Memory that the renderer may take, in bytes. */
export const maxRendererBytes = 512 * 2 ** 20;

/** Most objects of a page, with those in its forms. */
export const maxObjects = 100_000;

/** Deepest nesting of forms. */
export const maxFormDepth = 16;

/** Largest picture on a page, in its own pixels: A4 at 800 dots an inch. */
export const maxPicturePixels = 64_000_000;

/** A picture that covers so much of its page is a scan of it; text beside it is what a scanner read, or a stamp. */
export const scanShare = 0.5;

/** Dots an inch at which a page is drawn: as its pictures are, up to the most; without any, the usual. */
export const mostDots = 400;
export const usualDots = 200;
/** A page that is too large even at so few is refused. */
export const leastDots = 72;
