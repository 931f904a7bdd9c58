import { operation } from "./operation.js";

export interface Application {
  id: string;
  account: string;
  roles: string[];
  kind: string;
  institution: string;
  institutionName: string;
  credential: string;
  credentialSalt: string;
  credentialCommitment: string;
  recipientCommitment: string;
  ringKey: string | null;
  status: string;
}

const fields = "id account roles kind institution institutionName credential credentialSalt credentialCommitment recipientCommitment ringKey status";

export interface ApplicationInput {
  roles: string[];
  kind: string;
  institutionName: string;
  credential: string;
  recipient: string;
  ringKey?: string;
}

export const applyForAccreditation = operation<{ applyForAccreditation: Application }, { input: ApplicationInput }>(
  `mutation ApplyForAccreditation($input: ApplicationInput!) { applyForAccreditation(input: $input) { ${fields} } }`,
);

export const accreditationQueue = operation<{ accreditationQueue: Application[] }, Record<string, never>>(`query AccreditationQueue { accreditationQueue { ${fields} } }`);

export const ringCandidates = operation<{ ringCandidates: Application[] }, Record<string, never>>(`query RingCandidates { ringCandidates { ${fields} } }`);

export const refuseAccreditation = operation<{ refuseAccreditation: Application }, { id: string; reason: string }>(
  `mutation RefuseAccreditation($id: ID!, $reason: String!) { refuseAccreditation(id: $id, reason: $reason) { ${fields} } }`,
);
