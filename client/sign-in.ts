import type { Signer } from "ethers";
import type { GalenClient } from "./client.js";
import { signIn as signInOperation, signInChallenge, type Session } from "./operations/session.js";

/**
 * Signs in with Ethereum (EIP-4361) and keeps the access token in the client.
 * @throws AppError SIGN_IN_INVALID, NONCE_EXPIRED
 */
export async function signIn(client: GalenClient, signer: Pick<Signer, "getAddress" | "signMessage">): Promise<Session> {
  const account = await signer.getAddress();
  const { signInChallenge: challenge } = await client.request(signInChallenge, { account });
  const signature = await signer.signMessage(challenge.message);
  const { signIn: session } = await client.request(signInOperation, { message: challenge.message, signature });
  client.setToken(session.accessToken);
  return session;
}
