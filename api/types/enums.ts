import { registerEnumType } from "type-graphql";
import { LegalBasis } from "../../schema/legal-basis.js";
import { UploadMode } from "../../schema/upload-mode.js";
import { ApiKeyScope } from "../auth/viewer.js";
import { ChainAlarm } from "../../schema/chain-watch.js";
import { DataKind, ListingStatus, OrderStatus, ParticipantKind, Purpose, Role } from "../../schema/market.js";
import { Finality } from "../live/market-cursor.js";
import { DisputeClaim } from "./dispute.js";
import { MetadataStatus, UploadStatus } from "./states.js";
import { ApplicationStatus, ChangeKind, CheckState, CheckWitness, EventOp, GrantKind, GrantStatus, IndexStatus, SortDirection, ListingOrderField, WrappingSuite } from "./states.js";

/** @returns the values' descriptions in the form that type-graphql takes. */
const describe = <T extends string>(texts: Record<T, string>): Record<T, { description: string }> =>
  Object.fromEntries(Object.entries(texts).map(([name, description]) => [name, { description }])) as Record<T, { description: string }>;

registerEnumType(DataKind, {
  name: "DataKind",
  description: "What a listing's payload is.",
  valuesConfig: describe({
    FHIR: "HL7 FHIR resources (JSON or NDJSON).",
    HL7V2: "HL7 version 2 messages.",
    TABULAR: "A table (CSV).",
    DICOM: "A DICOM image.",
    NOTE: "Clinical notes in free text.",
    IMAGE: "An image in another format.",
    MIXED: "Several kinds in one archive.",
  }),
});
registerEnumType(Role, {
  name: "Role",
  description: "What a participant is accredited for.",
  valuesConfig: describe({
    PROVIDER: "Offers records.",
    BUYER: "Buys access to records.",
    AUDITOR: "Decides which listings may be traded.",
    RELAYER: "Submits listings for providers (platform).",
    DELIVERER: "Confirms deliveries (platform).",
    ANCHORER: "Anchors the access log (platform).",
    CUSTODIAN: "Holds a share of the key.",
  }),
});
registerEnumType(ParticipantKind, {
  name: "ParticipantKind",
  description: "What kind of institution or person a participant is.",
  valuesConfig: describe({
    RESEARCH_INSTITUTION: "A research institution.",
    HOSPITAL: "A hospital.",
    UNIVERSITY: "A university.",
    ENTERPRISE: "An enterprise.",
    PATIENT: "A person with own records.",
    PLATFORM: "The platform itself.",
  }),
});
registerEnumType(Purpose, {
  name: "Purpose",
  description: "A purpose of use, after the GA4GH Data Use Ontology.",
  valuesConfig: describe({
    GENERAL_RESEARCH: "General research use (DUO:0000042).",
    HEALTH_MEDICAL_BIOMEDICAL: "Health, medical or biomedical research (DUO:0000006).",
    DISEASE_SPECIFIC: "Disease specific research (DUO:0000007).",
    POPULATION_ANCESTRY: "Population origins or ancestry research (DUO:0000011).",
    METHODS_DEVELOPMENT: "Development of methods (what DUO:0000015 forbids).",
    CLINICAL_CARE: "Clinical care (DUO:0000043).",
    COMMERCIAL: "Commercial use (what DUO:0000046 forbids).",
  }),
});
registerEnumType(ListingStatus, {
  name: "ListingStatus",
  description: "Where a listing stands on the chain.",
  valuesConfig: describe({
    PENDING: "Waits for the auditors: not tradable.",
    APPROVED: "Approved by a quorum of auditors: tradable.",
    REJECTED: "Rejected, or its approval was revoked.",
    DELISTED: "Taken off the market by its provider, for good.",
  }),
});
registerEnumType(OrderStatus, {
  name: "OrderStatus",
  description: "Where an order stands on the chain.",
  valuesConfig: describe({
    PAID: "Paid into escrow, not delivered yet.",
    DELIVERED: "Key and link were delivered; the payout waits.",
    DISPUTED: "The buyer disputes the delivery.",
    SETTLED: "The provider is paid.",
    REFUNDED: "The buyer has the money back.",
  }),
});
registerEnumType(MetadataStatus, {
  name: "MetadataStatus",
  description: "Whether the metadata is what the chain's hash says.",
  valuesConfig: describe({
    VERIFIED: "Its keccak256 is the hash on the chain.",
    MISSING: "This platform does not hold it.",
    MISMATCH: "It does not have the chain's hash, and is not shown.",
  }),
});
registerEnumType(UploadStatus, {
  name: "UploadStatus",
  description: "How far an upload is on its way to a listing.",
  valuesConfig: describe({
    CREATED: "Waits for its bytes.",
    RECEIVED: "All bytes are here; its format is being checked.",
    INGESTED: "Recognised and parsed; it is being de-identified.",
    DEIDENTIFIED: "De-identified; the outcome is being checked.",
    CHECKED: "Checked; a price is being predicted, or, with `review`, it waits for approveDeidentification.",
    PRICED: "Priced; it is being encrypted.",
    ENCRYPTED: "Encrypted; it is being stored.",
    STORED: "Stored; waits for the provider's consent (publishListing).",
    CONSENTED: "Consented; the transaction is being prepared.",
    SUBMITTED: "The listing's transaction is on its way, or on the chain.",
    REFUSED: "The content cannot be taken; `error` says why.",
    FAILED: "Something failed for good; `error` says what.",
    WITHDRAWN: "Taken back by the provider.",
  }),
});
registerEnumType(UploadMode, {
  name: "UploadMode",
  description: "Who de-identifies and encrypts a record set.",
  valuesConfig: describe({
    PLATFORM: "The platform's workers, from the source that is sent to them.",
    CLIENT_SIDE: "The provider's own machine: the platform gets ciphertext, profile and report, and what only plain text can show is the provider's word.",
  }),
});
registerEnumType(CheckWitness, {
  name: "CheckWitness",
  description: "Whose word the outcome of a check is.",
  valuesConfig: describe({ PLATFORM: "The platform looked itself.", PROVIDER: "The provider's own machine looked, in client-side mode; the platform could not." }),
});
registerEnumType(CheckState, {
  name: "CheckState",
  description: "How a check of a record set ended.",
  valuesConfig: describe({ PASSED: "Nothing was found.", FAILED: "Something was found; if the check is blocking, the upload is refused.", UNAVAILABLE: "The platform cannot tell; the evidence says why." }),
});
registerEnumType(LegalBasis, {
  name: "LegalBasis",
  description: "Why a provider may offer records. The document is the auditors' to judge.",
  valuesConfig: describe({
    CONSENT: "The patients consented. The document goes when the record is erased.",
    LAW: "A law allows it. The document stays when the record is erased: it shows why past sales were lawful.",
    ETHICS_APPROVAL: "An ethics committee approved it. The document stays when the record is erased.",
  }),
});
registerEnumType(WrappingSuite, {
  name: "Suite",
  description: "How a record's file key may be wrapped for its readers.",
  valuesConfig: describe({
    MLKEM768_X25519: "Post-quantum hybrid, ML-KEM-768 with X25519 (age1pq recipients). The default.",
    X25519: "X25519 alone (age1 recipients), for readers whose tool is older.",
  }),
});
registerEnumType(ApiKeyScope, {
  name: "ApiKeyScope",
  description: "What an API key may be used for; each includes those before it.",
  valuesConfig: describe({
    PUBLIC: "What anyone may see, with a budget of its own.",
    READ: "What the account may see, but no record's key or link.",
    TRADE: "The account's steps, and the keys and links of its records. Never sessions and keys.",
  }),
});
registerEnumType(DisputeClaim, {
  name: "DisputeClaim",
  description: "What a dispute complains of.",
  valuesConfig: describe({
    NOTHING_OPENS: "What was delivered opens nothing: key, link or both.",
    CIPHERTEXT: "This stored chunk does not decrypt.",
    PLAINTEXT: "This chunk is not what was offered.",
  }),
});
registerEnumType(ApplicationStatus, {
  name: "ApplicationStatus",
  description: "Where an application for accreditation stands.",
  valuesConfig: describe({ PENDING: "Waits for the registrar.", REFUSED: "Refused; `reason` says why.", DECIDED: "The accreditation is on the chain." }),
});
registerEnumType(GrantKind, {
  name: "GrantKind",
  description: "Why an account may read a record.",
  valuesConfig: describe({ ORDER: "It bought it.", AUDIT: "It audits it.", OWN: "It is its provider.", EVIDENCE: "It reads the legal evidence: as an auditor, or as its provider." }),
});
registerEnumType(GrantStatus, {
  name: "GrantStatus",
  description: "Where an access grant stands.",
  valuesConfig: describe({
    REQUESTED: "The key is being re-wrapped.",
    READY: "Header and link can be fetched.",
    FAILED: "The key could not be re-wrapped.",
    REVOKED: "Taken back.",
  }),
});
registerEnumType(EventOp, {
  name: "EventOp",
  description: "What an entry of the feed does.",
  valuesConfig: describe({ APPLY: "An event of the chain took effect.", REVERT: "A re-org took an earlier entry back: `reverts` is its number." }),
});
registerEnumType(Finality, {
  name: "Finality",
  description: "What a subscriber is shown of the chain.",
  valuesConfig: describe({ HEAD: "All that it says, at once; what a re-org takes back is told as such.", FINALIZED: "Only what can no longer be taken back, a few blocks later." }),
});
registerEnumType(ChangeKind, {
  name: "ChangeKind",
  description: "How a queue changed.",
  valuesConfig: describe({ ADDED: "It is in the queue now.", UPDATED: "It still is, and changed.", REMOVED: "It is no longer in the queue." }),
});
registerEnumType(IndexStatus, {
  name: "IndexStatus",
  description: "How the index stands towards the chain.",
  valuesConfig: describe({ SYNCING: "It is catching up.", LIVE: "It follows the head.", DIVERGED: "The chain is another one than was indexed: the answers are old." }),
});
registerEnumType(ChainAlarm, {
  name: "ChainAlarm",
  description: "What can be wrong with the chain's nodes and signers.",
  valuesConfig: describe({
    NODE_DOWN: "A node does not answer, or serves another chain.",
    NODES_DISAGREE: "Nodes have different blocks at a height that is final on all.",
    NODE_SYNCING: "A node is catching up.",
    NO_PEERS: "A node of a chain with several signers has no peer.",
    HEAD_OLD: "No node has shown a new block for half a minute.",
    CLOCK_DRIFT: "The newest block is ahead of the indexer's clock.",
    SIGNER_SILENT: "A signer has sealed no block while the others did.",
  }),
});
registerEnumType(SortDirection, { name: "SortDirection", description: "Which way to sort.", valuesConfig: describe({ ASC: "Smallest first.", DESC: "Largest first." }) });
registerEnumType(ListingOrderField, {
  name: "ListingOrderField",
  description: "What listings can be sorted by.",
  valuesConfig: describe({
    LISTED: "The block in which it was listed.",
    CHANGED: "The block in which it last changed.",
    PRICE: "The asking price.",
    PREDICTED_PRICE: "The predicted median price.",
    SALES: "How often it was sold.",
    DATA_KIND: "Its kind, by the chain's number.",
    REGION: "Where it is stored, by ISO 3166-1 number.",
    RELEVANCE: "How well it answers the search; only with `search`.",
  }),
});
