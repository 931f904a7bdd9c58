import { operation } from "./operation.js";

export interface Session {
  accessToken: string;
  refreshToken: string;
  expiresAt: string;
  account: string;
}

export const signInChallenge = operation<{ signInChallenge: { message: string; expiresAt: string } }, { account: string }>(
  `mutation SignInChallenge($account: ID!) { signInChallenge(account: $account) { message expiresAt } }`,
);

export const signIn = operation<{ signIn: Session }, { message: string; signature: string }>(
  `mutation SignIn($message: String!, $signature: String!) { signIn(message: $message, signature: $signature) { accessToken refreshToken expiresAt account } }`,
);

export const refreshSession = operation<{ refreshSession: Session }, { refreshToken: string }>(
  `mutation RefreshSession($refreshToken: String!) { refreshSession(refreshToken: $refreshToken) { accessToken refreshToken expiresAt account } }`,
);

export interface Viewer {
  account: string;
  participant: { roles: string[]; kind: string; validUntil: string; revoked: boolean } | null;
}

export const me = operation<{ me: Viewer | null }, Record<string, never>>(`query Me { me { account participant { roles kind validUntil revoked } } }`);
