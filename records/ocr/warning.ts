/** What a report says wherever text was looked for in pixels. */
export const lookYourself = "Text in the image was looked for by character recognition, which does not see handwriting, small, slanted or faint letters; faces, tattoos and scars are not looked for. Look at the image before you approve it.";
