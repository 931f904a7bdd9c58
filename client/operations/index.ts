export * from "./accreditation.js";
export * from "./audit.js";
export * from "./citation.js";
export * from "./export.js";
export * from "./market.js";
export * from "./operator.js";
export * from "./session.js";
export * from "./upload.js";
