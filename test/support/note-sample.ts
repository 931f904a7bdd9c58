import { pdf } from "../../records/test-support/pdf.js";

const text = `Patient: Ottilie Wolkenstein    MRN: 4471903    DOB: 03/14/1931
Seen on 02/11/2024 by Dr. Wolkenstein-Abara for Parkinson's disease.

Mrs. Wolkenstein is a 92 year old woman with worsening tremor and a fall at home. She lives with her daughter Ngozichukwu.
Blood pressure was 142/80. Carbidopa-levodopa was increased to three times daily. Call (617) 482-9913 with questions.
She will return on 02/25/2024.
`;

/** A made-up clinical note, as a file of text and as a PDF of a page, and what in it tells who it is about. */
export const noteSample = {
  text: new TextEncoder().encode(text),
  pdf: pdf([{ width: 612, height: 792, content: text.split("\n").map((line, at) => `BT /F1 10 Tf 40 ${740 - 14 * at} Td (${line.replace(/[()\\]/g, "\\$&")}) Tj ET`).join(" ") }]),
  secrets: ["Ottilie", "Wolkenstein", "Abara", "Ngozichukwu", "4471903", "482-9913", "1931", "02/11/2024", "92 year"],
} as const;
