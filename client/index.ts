/** The typed SDK for outsiders' programs: sign in, upload, publish, audit, buy, decrypt, verify, watch. Runs in Node and browsers. */
export { verifyReplay } from "./verify-replay.js";
export { createClient, type Freshness, type GalenClient, type Operation } from "./client.js";
export { asRevert, openContracts, send, type Contracts, type Mined } from "./contracts.js";
export { download, fetchDelivery, openDelivery, waitForGrant, type Delivery } from "./delivery.js";
export { consentSigner, publish, waitForListing, waitForUpload } from "./publish.js";
export { credentialCommitment } from "../crypto/credential-commitment.js";
export { verifyAccesses, type VerifiedAccesses } from "./proof/verify-access.js";
export { verifyBlock, type VerifiedBlock } from "./proof/verify-block.js";
export { verifyListing, type ListingProof, type VerifiedListing } from "./proof/verify-listing.js";
export { readCatalogue, type CatalogueNode } from "./read-catalogue.js";
export { accredit, freeAuditorSlot, mint } from "./registrar.js";
export { registerRing, ringKeyOf, ringProof } from "./ring.js";
export { signIn } from "./sign-in.js";
export { purchase, settle, vote, waitForOrder, withdraw } from "./trade.js";
export { uploadFile, type UploadBody } from "./upload-file.js";
export { waitForBlock } from "./wait-for-block.js";
export { watch, type CursorStore, type WatchOptions } from "./watch.js";
export * as operations from "./operations/index.js";
